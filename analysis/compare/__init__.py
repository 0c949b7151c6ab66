"""Which variant is better: differences with intervals, adjusted for mix, honest while a test runs, in a sentence."""
