"""Calibration: marts to Parameters. `observe` once, `fit` as often as needed."""

from simulation.calibrate.fit import fit
from simulation.calibrate.observed import Observed
from simulation.calibrate.observing import observe

__all__ = ["Observed", "fit", "observe"]
