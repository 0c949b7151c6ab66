"""`python -m benchmarks` is `python -m benchmarks.pipeline`."""

from benchmarks.pipeline import main

main()
