"""What was seen, once, in a form that can be weighted by day again and again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from simulation.calibrate.amounts import Amounts
from simulation.calibrate.chain import Bools, Chain
from simulation.calibrate.shifts import Days
from simulation.calibrate.streams import Contacts
from simulation.drift import Drift
from simulation.parameters import (
    Backlog,
    Evidence,
    Floats,
    Ints,
    Money,
    Opening,
    Pools,
    Routes,
    Staff,
    Step,
    Work,
)


@dataclass(frozen=True)
class Observed:
    """Arrays of observations with the local day of each; positions in `days`. What days do not change is there whole.

    routes, work, staff: complete but for what `fit` puts in: chances, replies, handoffs; keep; hours of shifts.
    """

    zone: str
    start: datetime
    days: tuple[date, ...]  # local; the first and the last one whole
    workflows: tuple[str, ...]
    steps: tuple[Step, ...]
    chain: Chain
    routes: Routes
    passage_day: Ints  # [M]
    passage_reply: Floats
    passage_handoff: Floats
    work: Work
    keep_state: Ints
    keep_day: Ints
    keep_hit: Floats
    keep_luck: Floats
    amounts: Amounts
    pools: Pools
    staff: Staff  # with its usual shifts
    shift_days: Days
    shift_place: Ints  # of each of them in `days`
    contacts: Contacts
    drift: Drift
    stream_workflow: tuple[str, ...]
    stream_channel: tuple[str, ...]
    stream_state: Ints
    stream_outreach: Bools  # opened by the team
    repeat_delay: Ints
    backlog: Backlog
    money: Money
    holidays: tuple[date, ...]
    opening: Opening
    seen_days: tuple[int, ...]  # by agent, in the weeks that shifts are read from
    seen_visits: tuple[int, ...]  # by agent, in the window
    evidence: tuple[Evidence, ...]
