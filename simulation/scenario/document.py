"""The scenario document: what an owner changes, in words of the shop. Every lever stands in docs/scenarios.md."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from flowmeter.checked_file import Checked
from flowmeter.config_models import WEEKDAYS, Weekday


def _fraction(value: Any) -> Any:
    """`40%` as 0.4; 0.4 stays. Raises ValueError for anything else, such as 40."""
    if isinstance(value, str) and (found := re.fullmatch(r"([+-]?\d+(?:\.\d+)?)\s*%", value.strip())):
        return float(found[1]) / 100
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"'{value}' is no percentage such as 40%")  # noqa: TRY004 (pydantic reports ValueErrors)
    if abs(value) > 1:
        raise ValueError(f"'{value}' is no percentage; write it with its sign, such as 40%")
    return float(value)


def _within(low: float, high: float, what: str) -> AfterValidator:
    def check(value: float) -> float:
        if not low <= value <= high:
            raise ValueError(f"{value:.6g} is not possible here; it can be {low:g} to {high:,.10g} {what}")
        return value

    return AfterValidator(check)


def _percent_within(low: float, high: float) -> AfterValidator:
    def check(value: float) -> float:
        if not low <= value <= high:
            raise ValueError(f"{value * 100:.6g}% is not possible here; it can be {low * 100:g}% to {high * 100:g}%")
        return value

    return AfterValidator(check)


def _two(names: list[str]) -> list[str]:
    if len(names) != 2 or names[0] == names[1]:
        raise ValueError("'steps' needs two different steps, such as [Inspection, Refund approval]")
    return names


def _some(days: list[Weekday]) -> list[Weekday]:
    if not days:
        raise ValueError("'days' needs a day, such as [mon, tue]")
    return days


def _hours(text: str) -> str:
    minutes_of(text)
    return text


def minutes_of(hours: str) -> tuple[float, float]:
    """`09:00-17:30` as minutes after midnight; an end at or before the beginning is on the next day.

    Raises ValueError for other texts.
    """
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)", hours)
    if not found:
        raise ValueError(f"'{hours}' are no hours such as 09:00-17:00")
    begins = int(found[1]) * 60.0 + int(found[2])
    ends = int(found[3]) * 60.0 + int(found[4]) if found[3] else 1440.0
    return begins, ends if ends > begins else ends + 1440.0


def _days(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Share = Annotated[float, BeforeValidator(_fraction), _percent_within(0.0, 1.0)]
Part = Annotated[float, BeforeValidator(_fraction), _percent_within(0.01, 0.99)]
Minutes = Annotated[float, _within(0.1, 10_000, "minutes")]
Saved = Annotated[float, _within(0.0, 10_000, "minutes")]
Amount = Annotated[float, _within(0.0, 1e9, "in the shop's currency")]
Hours = Annotated[str, AfterValidator(_hours)]
Days = Annotated[list[Weekday], BeforeValidator(_days), AfterValidator(_some)]
Name = Annotated[str, Field(min_length=1, max_length=80)]
Priority = Literal["low", "normal", "high", "urgent"]


def _growth(value: Any) -> Any:
    """As a percentage, that may be over 100%."""
    if isinstance(value, str) and (found := re.fullmatch(r"([+-]?\d+(?:\.\d+)?)\s*%", value.strip())):
        return float(found[1]) / 100
    raise ValueError(f"'{value}' is no change such as +20% or -10%")


Growth = Annotated[float, BeforeValidator(_growth), _percent_within(-1.0, 20.0)]


class Lever(Checked):
    """Base of every change."""


class OfWorkflow(Lever):
    workflow: Name


class OfStep(OfWorkflow):
    step: Name


class Volume(Lever):
    """More or fewer contacts; of every workflow and channel that is not named."""

    workflow: Name | None = None
    channel: Name | None = None
    change: Growth


class ProactiveMessage(OfWorkflow):
    """A message before customers ask: that share of contacts does not come."""

    channel: Name | None = None
    avoided: Share
    messages_a_week: Annotated[float, _within(0, 1e8, "messages")] = 0.0
    fee: Amount = 0.0


class Automate(OfStep):
    """A bot takes the step first: it does that share by itself and hands over the rest."""

    containment: Share
    minutes: Annotated[float, _within(0, 10_000, "minutes")] = 1.0
    fee: Amount = 0.0
    hand_over_to: Name | None = None


class Containment(OfWorkflow):
    """The share of the bot's visits that it ends without a person."""

    to: Share


class Shorten(OfStep):
    """Less work in a step, such as by a macro."""

    by: Part | None = None
    minutes: Minutes | None = None

    @model_validator(mode="after")
    def _says_one(self) -> Self:
        if (self.by is None) == (self.minutes is None):
            raise ValueError("'shorten' needs either 'by' (such as 30%) or 'minutes' (what the step takes then)")
        return self


class Skip(OfStep):
    """That share of the tickets passes the step by."""

    share: Share


class Remove(OfStep):
    """Nobody does the step any more."""


class Merge(OfWorkflow):
    """Two steps, where the second follows at once, become one visit to the first; it saves that many minutes."""

    steps: Annotated[list[Name], AfterValidator(_two)]
    minutes_saved: Saved = 0.0


class Add(OfWorkflow):
    """A new step, worked by a group, for that share of the tickets there."""

    step: Name
    after: Name | None = None
    before: Name | None = None
    group: Name
    minutes: Minutes
    share: Share = 1.0

    @model_validator(mode="after")
    def _has_one_place(self) -> Self:
        if (self.after is None) == (self.before is None):
            raise ValueError("'add' needs either 'after' or 'before', with the name of a step")
        return self


class Move(OfStep):
    """The step is done before another one instead of where it is."""

    before: Name


class Route(OfWorkflow):
    """Another group's queue for a step, or for the whole workflow."""

    step: Name | None = None
    to: Name


class Misroutes(OfStep):
    """Of the tickets that the step hands on to another group, that share goes there at once."""

    fewer: Share


class Priorities(Lever):
    """By how many hours a priority goes ahead of the queue; what is not named keeps its place."""

    group: Name | None = None
    hours_ahead: dict[Priority, Annotated[float, _within(0, 10_000, "hours")]]


class Batch(OfStep):
    """Tickets wait until so many are together, or the first has waited that long; size 1 is no batch."""

    size: Annotated[int, _within(1, 1000, "tickets")]
    hours: Annotated[float, _within(0, 1000, "hours")] = 0.0

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.size > 1 and self.hours <= 0:
            raise ValueError("a batch needs 'hours', after which it is done even if it is not full")
        return self


class AutoClose(OfWorkflow):
    """After how many days without an answer a ticket that waits for the customer is closed."""

    days: Annotated[float, _within(0.1, 60, "days")]


class Staff(Lever):
    """More agents in a group (as its typical one), or fewer."""

    group: Name
    agents: Annotated[int, _within(-100, 100, "agents")]


class Shifts(Lever):
    """Other hours on those days for a group or an agent."""

    group: Name | None = None
    agent: Name | None = None
    days: Days
    hours: Hours

    @model_validator(mode="after")
    def _is_someones(self) -> Self:
        if (self.group is None) == (self.agent is None):
            raise ValueError("'shifts' needs either 'group' or 'agent'")
        return self


class Extend(Lever):
    """A group's shifts begin earlier or end later."""

    group: Name
    days: Days = list(WEEKDAYS)
    hours_earlier: Annotated[float, _within(0, 12, "hours")] = 0.0
    hours_later: Annotated[float, _within(0, 12, "hours")] = 0.0


class Wages(Lever):
    """What an hour of work costs; of every group that is not named."""

    group: Name | None = None
    change: Growth | None = None
    hourly: Amount | None = None

    @model_validator(mode="after")
    def _says_one(self) -> Self:
        if (self.change is None) == (self.hourly is None):
            raise ValueError("'wages' needs either 'change' (such as +5%) or 'hourly'")
        return self


class Fees(Lever):
    """What providers charge; what is not named stays."""

    per_ticket: Amount | None = None
    per_reply: Amount | None = None
    per_automated_resolution: Amount | None = None
    fixed_per_week: Amount | None = None


class Surge(Lever):
    """So many times the usual contacts for some days; day 1 is the day on which the run starts."""

    workflow: Name | None = None
    channel: Name | None = None
    factor: Annotated[float, _within(0, 50, "times the usual")]
    from_day: Annotated[int, _within(1, 366, "days")] = 1
    days: Annotated[int, _within(1, 366, "days")]


class Change(Checked):
    """One lever with its fields."""

    volume: Volume | None = None
    proactive_message: ProactiveMessage | None = None
    automate: Automate | None = None
    containment: Containment | None = None
    shorten: Shorten | None = None
    skip: Skip | None = None
    remove: Remove | None = None
    merge: Merge | None = None
    add: Add | None = None
    move: Move | None = None
    route: Route | None = None
    misroutes: Misroutes | None = None
    priorities: Priorities | None = None
    batch: Batch | None = None
    auto_close: AutoClose | None = None
    staff: Staff | None = None
    shifts: Shifts | None = None
    extend: Extend | None = None
    wages: Wages | None = None
    fees: Fees | None = None
    surge: Surge | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("a change needs exactly one lever, such as 'volume' or 'staff', with its fields under it")
        return self

    @property
    def name(self) -> str:
        """The lever's."""
        return next(iter(self.model_fields_set))

    @property
    def lever(self) -> Lever:
        """The lever with its fields."""
        found: Lever = getattr(self, self.name)
        return found


class Cost(Checked):
    """What the change itself costs, besides what it changes in the service."""

    one_off: Amount = 0.0
    monthly: Amount = 0.0


class Scenario(Checked):
    """Changes are made one after the other: a later one finds the shop as the earlier ones left it."""

    version: Literal[1] = 1
    name: Name
    note: str = ""
    weeks: Annotated[int, _within(1, 26, "weeks")] = 4
    cost: Cost = Cost()
    changes: list[Change] = []
