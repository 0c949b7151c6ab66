"""Calibration: marts to Parameters. `observe` once, `fit` as often as needed."""

from simulation.calibrate.fit import fit
from simulation.calibrate.observing import observe
from simulation.calibrate.observed import Observed

__all__ = ["Observed", "fit", "observe"]
