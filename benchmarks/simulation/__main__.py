"""`python -m benchmarks.simulation --throughput`: the engine beside SimPy, Ciw and Prosimos on one network."""

import argparse
from pathlib import Path

from benchmarks.simulation import throughput


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulation", description=__doc__)
    parser.add_argument("--throughput", action="store_true", required=True)
    parser.add_argument("--cases", type=int, default=100_000, help="cases of the two-pool network")
    parser.add_argument("--venv", type=Path, help="folder for the other simulators; thrown away if not given")
    options = parser.parse_args()
    print(throughput.report(options.cases, options.venv))


main()
