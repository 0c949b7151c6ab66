"""A build that runs one model at a time, so that each model's seconds are its own: `python -m benchmarks.alone`.

Of FLOWMETER_HOME. Its lines of progress are those of `flowmeter build`.
"""

from benchmarks.pipeline import narrate
from flowmeter import dbt_run
from flowmeter.build import build
from flowmeter.settings import Home


def main() -> None:
    """The command."""
    dbt_run.BUILD = (*dbt_run.BUILD, "--threads", "1")
    build(Home.find(None), narrate, force=True)


if __name__ == "__main__":
    main()
