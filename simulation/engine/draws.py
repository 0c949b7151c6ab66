"""Amounts of time drawn from distributions, whole or beyond an age, and edges of the chain.

`upper` is the probability of more: each amount is the inverse of the distribution's upper tail, so that the same number
stands for the same luck whatever the distribution.
"""

from __future__ import annotations

import math

from simulation.compiled import inlined
from simulation.engine.arrays import Fixed
from simulation.parameters import Shape, StepKind

CONSTANT, EXPONENTIAL, LOG_NORMAL = int(Shape.CONSTANT), int(Shape.EXPONENTIAL), int(Shape.LOG_NORMAL)
EMPIRICAL = int(Shape.EMPIRICAL)
END = int(StepKind.END)

# Wichura 1988, algorithm AS 241 (PPND16), Applied Statistics 37: numerators and denominators, highest power first.
# fmt: off
MIDDLE = (
    (2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
     13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608),
    (5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
     5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0),
)
OUTER = (
    (7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
     3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734),
    (1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
     0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0),
)
FAR = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
     0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772),
    (2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
     0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1.0),
)
# fmt: on


@inlined
def _ratio(polynomials: tuple[tuple[float, ...], tuple[float, ...]], x: float) -> float:
    above, below = 0.0, 0.0
    for factor in polynomials[0]:
        above = above * x + factor
    for factor in polynomials[1]:
        below = below * x + factor
    return above / below


@inlined
def normal(upper: float) -> float:
    """The standard normal value that is exceeded with this probability, to 16 digits."""
    centred = 0.5 - upper
    if abs(centred) <= 0.425:
        return centred * _ratio(MIDDLE, 0.180625 - centred * centred)
    tail = math.sqrt(-math.log(upper if centred > 0.0 else 1.0 - upper))
    size = _ratio(OUTER, tail - 1.6) if tail <= 5.0 else _ratio(FAR, tail - 5.0)
    return size if centred > 0.0 else -size


@inlined
def amount(fixed: Fixed, distribution: int, upper: float) -> float:
    """The minutes that are exceeded with this probability."""
    shape, a = fixed.shape[distribution], fixed.a[distribution]
    if shape == CONSTANT:
        return a
    if shape == EXPONENTIAL:
        return -a * math.log(upper)
    if shape == LOG_NORMAL:
        return math.exp(a + fixed.b[distribution] * normal(upper))
    first = fixed.value_start[distribution]
    last = fixed.value_start[distribution + 1] - 1
    if shape == EMPIRICAL:
        place = (1.0 - upper) * (last - first)
        below = min(first + int(place), last)
        low, high = fixed.values[below], fixed.values[min(below + 1, last)]
        return low + (place - (below - first)) * (high - low)
    return fixed.values[min(first + int((1.0 - upper) * (last - first + 1)), last)]


@inlined
def survival(fixed: Fixed, distribution: int, age: float) -> float:
    """The probability of more than `age` minutes, which is not negative."""
    shape, a, b = fixed.shape[distribution], fixed.a[distribution], fixed.b[distribution]
    if shape == CONSTANT:
        return 1.0 if age < a else 0.0
    if shape == EXPONENTIAL:
        return math.exp(-age / a) if a > 0.0 else 0.0
    if shape == LOG_NORMAL:
        if age <= 0.0:
            return 1.0
        beyond = math.log(age) - a
        if b > 0.0:
            return 0.5 * math.erfc(beyond / (b * math.sqrt(2.0)))
        return 1.0 if beyond < 0.0 else 0.0
    return _table_survival(fixed, distribution, age)


@inlined
def _table_survival(fixed: Fixed, distribution: int, age: float) -> float:
    first, end = fixed.value_start[distribution], fixed.value_start[distribution + 1]
    low, high = first, end  # the first value over `age`, by halving
    while low < high:
        middle = (low + high) >> 1
        if fixed.values[middle] > age:
            high = middle
        else:
            low = middle + 1
    if fixed.shape[distribution] != EMPIRICAL:
        return (end - low) / (end - first)
    if low == first:
        return 1.0
    if low == end:
        return 0.0
    before, after = fixed.values[low - 1], fixed.values[low]
    return (end - 1 - (low - 1) - (age - before) / (after - before)) / (end - 1 - first)


@inlined
def rest(fixed: Fixed, distribution: int, age: float, upper: float) -> float:
    """The minutes that are left when `age` minutes have passed already; 0 when it never lasts so long."""
    if age <= 0.0 or fixed.shape[distribution] == EXPONENTIAL:
        return amount(fixed, distribution, upper)
    survived = survival(fixed, distribution, age)
    if survived * upper <= 0.0:
        return 0.0
    return max(0.0, amount(fixed, distribution, survived * upper) - age)


@inlined
def edge_of(fixed: Fixed, state: int, chance: float) -> int:
    """The edge that a state is left by."""
    edge, last = fixed.edge_start[state], fixed.edge_start[state + 1] - 1
    while edge < last and chance >= fixed.upto[edge]:
        edge += 1
    return edge


@inlined
def _still(fixed: Fixed, edge: int, age: float) -> float:
    """The probability that an edge is still to come. An end that takes no time is seen by nobody: it always is."""
    delay = fixed.delay[edge]
    if fixed.kind[fixed.to[edge]] == END and fixed.shape[delay] == CONSTANT and fixed.a[delay] <= 0.0:
        return 1.0
    return survival(fixed, delay, age)


@inlined
def edge_after(fixed: Fixed, state: int, age: float, chance: float) -> int:
    """The edge that a DELAY state is left by, when it has lasted `age` minutes already (Bayes' rule)."""
    first, end = fixed.edge_start[state], fixed.edge_start[state + 1]
    total = 0.0
    for edge in range(first, end):
        total += fixed.chance[edge] * _still(fixed, edge, age)
    if total <= 0.0:
        return edge_of(fixed, state, chance)
    left, chosen = chance * total, first
    for edge in range(first, end):
        weight = fixed.chance[edge] * _still(fixed, edge, age)
        if weight > 0.0:
            chosen = edge
            left -= weight
            if left < 0.0:
                break
    return chosen
