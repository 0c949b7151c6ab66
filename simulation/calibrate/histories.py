"""Variable-order routes: how much of what a ticket did before its next step depends on.

A context is a step's recent past, nearest last. A longer context is kept where it is seen often enough and the next
step differs in it from the shorter one by more than chance: twice the gain in log-likelihood above the Bayesian
information criterion's price (Rissanen, A Universal Data Compression System, 1983; Schwarz, 1978).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from math import log

ENOUGH = 50
DEPTH = 3

Token = str
Context = tuple[Token, ...]


def contexts(routes: Sequence[Sequence[Token]], lead: Sequence[Context], over: Token = "") -> list[list[Context]]:
    """For each visit of each route the context it is seen with: its own token last, as much before it as counts.

    `lead`: what came before the first visit of each route (channel, hours). `over`: what comes after the last visit;
    "" if that is not known.
    """
    seen = _next_steps(routes, lead, over)
    kept = _kept(seen)
    return [
        [_longest(kept, (*before, *route[: place + 1])) for place in range(len(route))]
        for route, before in zip(routes, lead, strict=True)
    ]


def _next_steps(
    routes: Sequence[Sequence[Token]], lead: Sequence[Context], over: Token
) -> dict[Context, Counter[Token]]:
    """How often each step came next, by context of every length up to DEPTH steps before."""
    seen: dict[Context, Counter[Token]] = defaultdict(Counter)
    for route, before in zip(routes, lead, strict=True):
        whole = (*before, *route)
        for place, following in enumerate([*route[1:], over]):
            if following:
                end = len(before) + place + 1
                for start in range(max(0, end - 1 - DEPTH), end):
                    seen[whole[start:end]][following] += 1
    return seen


def _kept(seen: dict[Context, Counter[Token]]) -> set[Context]:
    """Contexts that say more than the next shorter one, and all shorter ones of those."""
    kept = set()
    for context, counts in seen.items():
        if len(context) > 1 and context not in kept and _tells(counts, seen[context[1:]]):
            kept |= {context[start:] for start in range(len(context) - 1)}
    return kept


def _tells(counts: Counter[Token], shorter: Counter[Token]) -> bool:
    n, whole = counts.total(), shorter.total()
    if n < ENOUGH or n == whole:
        return False
    gain = sum(count * log(count * whole / (n * shorter[step])) for step, count in counts.items())
    return 2 * gain > max(len(shorter) - 1, 1) * log(n)


def _longest(kept: set[Context], past: Context) -> Context:
    """The longest kept context that ends the past; the step alone if none does."""
    best = past[-1:]
    for start in range(len(past) - 2, max(-1, len(past) - 2 - DEPTH), -1):
        if past[start:] not in kept:
            break
        best = past[start:]
    return best
