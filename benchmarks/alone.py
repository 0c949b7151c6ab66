"""A build that runs one model at a time, so that each model's seconds are its own: `python -m benchmarks.alone`.

Of FLOWMETER_HOME. Its lines of progress are those of `flowmeter build`.
"""

import sys

from flowmeter import dbt_run
from flowmeter.build import build
from flowmeter.settings import Home


def main() -> None:
    """The command."""
    dbt_run.BUILD = (*dbt_run.BUILD, "--threads", "1")
    build(Home.find(None), lambda line: sys.stderr.write(f"{line}\n"), force=True)


if __name__ == "__main__":
    main()
