"""The `flowmeter` command. Thin: each command reads its options, calls one function and prints what it returns."""
