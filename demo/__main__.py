"""`python -m demo --out DIR`: write a demo shop's exports."""

import argparse
import sys
from datetime import date
from pathlib import Path

from demo import generate


def main() -> None:
    """Read the command line and generate."""
    parser = argparse.ArgumentParser(prog="python -m demo", description="Write a demo shop's exports.")
    parser.add_argument("--out", type=Path, required=True, help="folder for the exports")
    parser.add_argument("--tickets", type=int, default=20000, help="about how many tickets (default 20000)")
    parser.add_argument("--end", type=date.fromisoformat, help="last day, a Sunday (default: the last one)")
    parser.add_argument("--seed", type=int, default=7, help="seed of every random stream (default 7)")
    parser.add_argument("--truth", type=Path, help="folder for what really happened (default: not written)")
    given = parser.parse_args()
    try:
        generate(
            given.out,
            tickets=given.tickets,
            end=given.end,
            seed=given.seed,
            truth=given.truth,
            progress=lambda line: print(line, file=sys.stderr),
        )
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
