"""Random numbers that depend on what they are for, not on when they are drawn.

Each draw is numbered by (seed; ticket, visit, purpose). So a ticket has the same luck in the baseline and in a
scenario, and an effect is not drowned in the noise of two independent runs (common random numbers).

The generator is Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"):
the seed is its key; ticket, visit and purpose its counter. It multiplies 32-bit numbers only, so that nothing overflows
in 64 bits and plain Python gives the same bits.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.compiled import cached, scalar

Keys = NDArray[np.uint64]


class Purpose(IntEnum):
    """What a random number is for."""

    NEXT = 0  # edge taken
    SERVICE = 1
    DELAY = 2
    BEFORE = 3
    KEEP = 4  # own agent or the pool
    PATIENCE = 5
    REPEAT = 6
    REPEAT_DELAY = 7
    ARRIVALS = 8  # how many in an hour
    INSTANT = 9  # of an arrival within its hour
    PRIORITY = 10
    ATTENDANCE = 11
    DISPERSION = 12
    REPLY = 13
    HANDOFF = 14
    CSAT_ANSWER = 15
    CSAT = 16
    CES_ANSWER = 17
    CES = 18
    LEVER = 19
    CHILD = 20  # the key of a ticket that follows


LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
MULTIPLIER_0 = np.uint64(0xD2511F53)
MULTIPLIER_1 = np.uint64(0xCD9E8D57)
WEYL_0 = np.uint64(0x9E3779B9)
WEYL_1 = np.uint64(0xBB67AE85)
ROUNDS = 10
SPARE_BITS = np.uint64(12)  # 52 remain, so that a half more is still exact and 1 is never reached
UNIT = 2.0**-52
CHILD = int(Purpose.CHILD)


@scalar
def bits(seed: int | np.uint64, key: np.uint64, visit: int, purpose: int) -> np.uint64:
    """The first 64 of the 128 bits that Philox4x32-10 gives. No argument is negative; visit and purpose < 2**32."""
    key_0, key_1 = np.uint64(seed) & LOW, np.uint64(seed) >> HALF
    word_0, word_1 = np.uint64(key) & LOW, np.uint64(key) >> HALF
    word_2, word_3 = np.uint64(visit), np.uint64(purpose)
    for _ in range(ROUNDS):
        product_0, product_1 = MULTIPLIER_0 * word_0, MULTIPLIER_1 * word_2
        word_0, word_1 = (product_1 >> HALF) ^ word_1 ^ key_0, product_1 & LOW
        word_2, word_3 = (product_0 >> HALF) ^ word_3 ^ key_1, product_0 & LOW
        key_0, key_1 = (key_0 + WEYL_0) & LOW, (key_1 + WEYL_1) & LOW
    return (word_1 << HALF) | word_0


@scalar
def uniform(seed: int, key: np.uint64, visit: int, purpose: int) -> float:
    """A number strictly between 0 and 1. For compiled code: from Python, `uniforms` starts faster."""
    return (np.float64(bits(seed, key, visit, purpose) >> SPARE_BITS) + 0.5) * UNIT


@scalar
def child(key: np.uint64, number: int) -> np.uint64:
    """The key of the ticket that follows from another as its `number`-th, from 0; whatever the seed."""
    return bits(0, key, number, CHILD)


def uniforms(seed: int, keys: Keys, visits: NDArray[Any] | int, purpose: Purpose | int) -> NDArray[np.float64]:
    """`uniform` of each key [n] with its visit [n], or one visit for all."""
    drawn = np.empty(len(keys))
    _uniforms(int(seed), _keys(keys), _numbers(visits, len(keys)), int(purpose), drawn)
    return drawn


def children(keys: Keys, numbers: NDArray[Any] | int) -> Keys:
    """`child` of each key [n] with its number [n]. Keys from scratch: `children(hours, nth)` and so on."""
    made = np.empty(len(keys), np.uint64)
    _children(_keys(keys), _numbers(numbers, len(keys)), made)
    return made


def _keys(keys: Keys) -> Keys:
    return np.require(keys, np.uint64, ("C", "W"))


def _numbers(numbers: NDArray[Any] | int, size: int) -> NDArray[np.int64]:
    return np.array(np.broadcast_to(np.asarray(numbers, np.int64), size))


@cached
def _uniforms(seed: int, keys: Keys, visits: NDArray[np.int64], purpose: int, drawn: NDArray[np.float64]) -> None:
    for row in range(len(keys)):
        drawn[row] = uniform(seed, keys[row], visits[row], purpose)


@cached
def _children(keys: Keys, numbers: NDArray[np.int64], made: Keys) -> None:
    for row in range(len(keys)):
        made[row] = child(keys[row], numbers[row])
