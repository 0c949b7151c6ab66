"""A calibration with one input drawn anew and the others at their best estimate: what is an answer unsure about?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from simulation.parameters import Distributions, Floats, Ints, Parameters, same

INPUTS = ("arrivals", "routes", "work", "waits", "calendar", "queue")
"""Inputs that a calibration finds out: who comes, what follows what, how long work takes, how long others take, who is
there when, and how queues are worked off. Together they are the whole of Parameters that days decide.
"""


def mixed(point: Parameters, draw: Parameters, only: str) -> Parameters:
    """`point` with the input `only` (of INPUTS) taken from `draw`, a calibration of the same structure.

    `point` itself where the two do not differ in it. Raises ValueError for two calibrations that do not have the same
    steps, streams and distributions.
    """
    _check(point, draw)
    parts = _parts(point, draw, only)
    if all(same(getattr(point, name), part) for name, part in parts.items()):
        return point
    return replace(point, **parts)


def _parts(point: Parameters, draw: Parameters, only: str) -> dict[str, Any]:
    if only == "arrivals":
        return {"arrivals": draw.arrivals}
    if only == "routes":
        return {"routes": replace(draw.routes, delay=point.routes.delay)}
    if only == "calendar":
        return {"staff": replace(draw.staff, speed=point.staff.speed)}
    if only == "queue":
        return {"pools": draw.pools}
    served = np.isin(np.arange(len(point.distributions.shape)), point.work.service)
    if only == "work":
        times = _spliced(point.distributions, draw.distributions, served)
        return {"distributions": times, "staff": replace(point.staff, speed=draw.staff.speed)}
    return {"distributions": _spliced(point.distributions, draw.distributions, ~served)}


def _check(point: Parameters, draw: Parameters) -> None:
    one, other = (
        (len(each.routes.to), len(each.routes.step), len(each.arrivals.state), len(each.distributions.shape),
         each.staff.agents, each.pools.names)
        for each in (point, draw)
    )  # fmt: skip
    if one != other:
        raise ValueError("two draws of the calibration differ in their steps, streams or people")


def _spliced(
    point: Distributions, draw: Distributions, drawn: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> Distributions:
    """Of `draw` where `drawn`, else of `point`."""
    parts: list[Floats] = []
    sources: Sequence[Distributions] = (point, draw)
    for place, source in enumerate(drawn.astype(int)):
        starts: Ints = sources[source].value_start
        parts.append(sources[source].values[starts[place] : starts[place + 1]])
    sizes = [len(part) for part in parts]
    return Distributions(
        np.where(drawn, draw.shape, point.shape).astype(np.int8),
        np.where(drawn, draw.a, point.a),
        np.where(drawn, draw.b, point.b),
        np.r_[0, np.cumsum(sizes)].astype(np.int32),
        np.concatenate(parts) if parts else point.values,
    )
