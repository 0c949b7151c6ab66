"""Tests of the benchmarks' machinery; nothing here asserts a time."""
