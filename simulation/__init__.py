"""The simulator: calibrate (marts to parameters), engine (parameters to records), scenario, experiment, back-test."""
