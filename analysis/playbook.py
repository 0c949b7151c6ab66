"""The playbook of a workflow: what a new agent needs to know about each step, in words and shares.

Pure: frames as flowmeter/playbook_facts.py describes them become a Playbook, which playbook_html.py and
playbook_pdf.py only lay out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from analysis.wording import duration

Row = dict[str, Any]

MACROS = 5
GROUPS = 4
ENOUGH_VISITS = 10  # fewer say nothing about what is typical
OWN_PAGE_SHARE = 0.01  # a step that fewer tickets see is only named
SELDOM_SHARE = 0.05  # of the visits to a step; rarer ways on are exceptions
SELDOM_NAMED = 3
OFTEN_REPEATED = 0.05
BACK_AND_FORTH = 5  # pairs
MORE_THAN_ONCE = 3  # times back, for a pair to be told

STAYS, ENDS = "It stays so", "It ends here"
"""What follows where nothing does."""

DEFAULT_DESCRIPTIONS = {
    "bot": "The bot talks with the customer. No person has the ticket yet.",
    "queue": "The ticket lies in the queue and nobody has it. Take it, or give it to the group that it belongs to.",
    "assigned": "An agent has the ticket and has not begun with it.",
    "working": "An agent has begun. The next move is ours.",
    "escalated": "Somebody else is asked: another team, a specialist, or whoever decides.",
    "customer": "We have answered and wait for the customer.",
    "hold": "We wait for somebody outside the team, such as a carrier or a supplier.",
    "reopened": "The customer came back after it was resolved.",
    "resolved": "The request is done. The customer can still answer, which opens it again.",
}
"""What a step of a kind is about where the shop has not described it."""


@dataclass(frozen=True)
class Heading:
    """Whose playbook it is and what it rests on."""

    workflow: str
    name: str
    description: str
    shop: str
    currency: str
    snapshot_at: dt.datetime
    period: str
    tickets: int

    @property
    def basis(self) -> str:
        """What the figures rest on, as a sentence."""
        if not self.tickets:
            return f"No tickets in this period ({self.period.lower()})."
        return (
            f"All figures rest on {counted(self.tickets, 'ticket')} ({lowered(self.period)}, as of "
            f"{self.snapshot_at.day} {self.snapshot_at:%B %Y})."
        )


@dataclass(frozen=True)
class Part:
    """One of several: its name, its share of them all, and how many it is."""

    name: str
    share: float
    count: int

    @property
    def shown(self) -> str:
        """The share, or where it is one of too few: 2 of 3."""
        total = round(self.count / self.share) if self.share else 0
        return percent(self.share) if total >= ENOUGH_VISITS else f"{self.count} of {total}"


@dataclass(frozen=True)
class Fact:
    """A figure with its label and what belongs beside it."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class StepPage:
    """What happens in a step; everything that is said is a sentence or a part of a whole."""

    name: str
    kind: str
    description: str
    facts: tuple[Fact, ...]
    groups: tuple[Part, ...]
    macros: tuple[Part, ...]
    follows: tuple[Part, ...]
    exceptions: tuple[str, ...]


@dataclass(frozen=True)
class Playbook:
    """Steps in the order in which tickets usually reach them."""

    heading: Heading
    ways: tuple[Part, ...]
    steps: tuple[StepPage, ...]
    exceptions: tuple[str, ...]


def playbook(
    heading: Heading,
    steps: pl.DataFrame,
    edges: pl.DataFrame,
    *,
    groups: pl.DataFrame,
    macros: pl.DataFrame,
    paths: pl.DataFrame,
    descriptions: Mapping[str, str],
) -> Playbook:
    """The playbook. `descriptions` are the shop's own words about a step, which go before the general ones."""
    rows = sorted(steps.to_dicts(), key=_place)
    passages = edges.sort("passage_count", "to_step", descending=[True, False]).to_dicts()
    pages = [
        StepPage(
            name=row["step"],
            kind=row["step_kind"],
            description=descriptions.get(row["step"]) or DEFAULT_DESCRIPTIONS.get(row["step_kind"], ""),
            facts=_facts(row),
            groups=_groups(row, groups),
            macros=_parts(row, macros, "macro")[:MACROS],
            follows=_follows(row, passages)[0],
            exceptions=_exceptions(row, passages),
        )
        for row in rows
        if row["ticket_share"] >= OWN_PAGE_SHARE or row["step"] in descriptions
    ]
    shown = {page.name for page in pages}
    ways = tuple(
        Part(" → ".join(way["steps"]), way["tickets"] / heading.tickets, way["tickets"]) for way in paths.to_dicts()
    )
    seldom = [row for row in rows if row["step"] not in shown]
    return Playbook(heading, ways, tuple(pages), (*_detours(rows, passages), *_seldom_steps(seldom)))


def _place(row: Row) -> tuple[int, float, str]:
    """Where a step stands: by when tickets first reach it, and what is behind the end behind it."""
    return {"resolved": 1, "reopened": 2}.get(row["step_kind"], 0), row["position"] or 0.0, row["step"]


def counted(n: int, thing: str) -> str:
    """1 ticket, 1,204 tickets."""
    return f"{n:,} {thing}{'' if n == 1 else 's'}"


def lowered(label: str) -> str:
    """'Last 13 weeks' within a sentence."""
    return label[:1].lower() + label[1:]


def percent(share: float) -> str:
    """A share without false precision: 43%, 3.7%, and never 0% or 100% of what is not none or all."""
    shown = f"{share * 100:.0f}%" if share >= 0.1 else f"{share * 100:.1f}%"
    if shown == "100%" and share < 1:
        return "over 99%"
    return "under 0.1%" if shown == "0.0%" and share > 0 else shown


# One step --------------------------------------------------------------------------------------------------------


def _facts(row: Row) -> tuple[Fact, ...]:
    visits = row["visit_count"]
    reached = Fact("Tickets", percent(row["ticket_share"]), counted(row["ticket_count"], "ticket"))
    if row["step_kind"] == "resolved" or row["elapsed_median_calendar_minutes"] is None:
        return (reached,)  # of what is done, only the tickets that came back have a time
    if visits < ENOUGH_VISITS:
        return reached, Fact("Typical time", "–", f"{counted(visits, 'visit')}, too few to tell")
    median, most = (_time(row[f"elapsed_{part}_calendar_minutes"]) for part in ("median", "p90"))
    facts = [reached, Fact("Typical time", median, f"9 of 10 within {most}" if most else "")]
    if row["work_median_minutes"]:
        method = "" if row["start_source"] == "measured" else ", estimated"
        within = f"9 of 10 within {_time(row['work_p90_minutes'])}{method}"
        facts.append(Fact("Work in it", _time(row["work_median_minutes"]), within))
    return tuple(facts)


def _time(minutes: float | None) -> str:
    if minutes is None:
        return ""
    return "under 1 m" if minutes < 0.5 else duration(minutes / 60)


def _parts(row: Row, frame: pl.DataFrame, column: str) -> tuple[Part, ...]:
    """The values of a column within one step as shares of its visits, the most frequent first."""
    found = frame.filter(pl.col("step") == row["step"]).sort("visits", column, descending=[True, False])
    return tuple(
        Part(one[column] or "", one["visits"] / row["visit_count"], one["visits"])
        for one in found.iter_rows(named=True)
    )


def _groups(row: Row, groups: pl.DataFrame) -> tuple[Part, ...]:
    """Nothing where it says nothing: a bot is in no group, and some systems have none."""
    found = _parts(row, groups, "group_name")
    if row["step_kind"] == "bot" or not any(part.name for part in found):
        return ()
    return _with_rest([Part(part.name or "No group yet", part.share, part.count) for part in found], GROUPS)


def _with_rest(parts: Sequence[Part], most: int) -> tuple[Part, ...]:
    """The first, and what is left as one part."""
    if len(parts) <= most:
        return tuple(parts)
    left = parts[most - 1 :]
    name = f"{len(left)} other groups"
    return (*parts[: most - 1], Part(name, sum(part.share for part in left), sum(part.count for part in left)))


def _follows(row: Row, passages: Sequence[Row]) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Where tickets go from here, the usual ways and the seldom ones, as shares of the visits that are over."""
    ways = [
        (passage["to_step"], passage["passage_count"]) for passage in passages if passage["from_step"] == row["step"]
    ]
    over = row["visit_count"] - row["open_count"]
    ended = over - sum(count for _, count in ways)
    if ended > 0:
        ways.append((STAYS if row["step_kind"] == "resolved" else ENDS, ended))
    if over <= 0:
        return (), ()
    parts = sorted((Part(name, count / over, count) for name, count in ways), key=lambda part: -part.count)
    usual = tuple(part for part in parts if part.share >= SELDOM_SHARE)
    return usual, tuple(part for part in parts if part.share < SELDOM_SHARE)


def _exceptions(row: Row, passages: Sequence[Row]) -> tuple[str, ...]:
    told = []
    seldom = _follows(row, passages)[1]
    onward = [part for part in seldom if part.name not in {STAYS, ENDS}]
    if onward:
        named = [f"{part.name} ({part.count:,})" for part in onward[:SELDOM_NAMED]]
        more = len(onward) - len(named)
        told.append(f"Seldom it goes on to {listed([*named, *([counted(more, 'other step')] if more else [])])}.")
    told += [f"Seldom it ends here ({part.count:,})." for part in seldom if part.name in {STAYS, ENDS}]
    repeats, visits = row["rework_count"], row["visit_count"]
    is_often = visits >= ENOUGH_VISITS and repeats / visits >= OFTEN_REPEATED
    if is_often and row["step_kind"] not in {"customer", "resolved"}:
        told.append(
            f"{percent(repeats / visits)} of the visits ({repeats:,} of {visits:,}) are repeats: "
            "the ticket had been here before."
        )
    return tuple(told)


def listed(names: Sequence[str]) -> str:
    """A, B or C."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


# The workflow ----------------------------------------------------------------------------------------------------


def _detours(rows: Sequence[Row], passages: Sequence[Row]) -> list[str]:
    """Reopenings, tickets that go back and forth between two steps, and rounds with the customer."""
    kinds = {row["step"]: row["step_kind"] for row in rows}
    return [
        *_reopenings(rows, kinds, passages),
        *_back_and_forth(kinds, passages),
        *(_rounds(row) for row in rows if row["step_kind"] == "customer" and row["rework_count"]),
    ]


def _reopenings(rows: Sequence[Row], kinds: Mapping[str, str], passages: Sequence[Row]) -> list[str]:
    told = []
    for row in rows:
        back = [passage for passage in passages if passage["from_step"] == row["step"]]
        times = sum(passage["passage_count"] for passage in back)
        if row["step_kind"] != "resolved" or not times:
            continue
        first = max(back, key=lambda passage: passage["passage_count"])
        where = f" Most often the ticket came back to {first['to_step']} ({first['passage_count']:,})."
        told.append(
            f"Reopened: {percent(times / row['visit_count'])} of resolutions did not hold ({times:,} of "
            f"{row['visit_count']:,}).{where if kinds.get(first['to_step']) != 'reopened' else ''}"
        )
    return told


def _back_and_forth(kinds: Mapping[str, str], passages: Sequence[Row]) -> list[str]:
    """Pairs of steps with passages both ways, the most frequent first, without those that are a conversation."""
    counts = {(passage["from_step"], passage["to_step"]): passage["passage_count"] for passage in passages}
    pairs = [
        (counts[there], counts[there[::-1]], *there)
        for there in counts
        if there[0] != there[1]
        and counts.get(there[::-1], 0) >= MORE_THAN_ONCE
        and (counts[there], there[1]) >= (counts[there[::-1]], there[0])
        and not {kinds.get(there[0]), kinds.get(there[1])} & {"customer", "resolved"}
    ]
    pairs.sort(key=lambda pair: (-pair[1], pair[2]))
    return [
        f"Back and forth: {count:,} times from {first} to {second}, {back:,} times the other way."
        for count, back, first, second in pairs[:BACK_AND_FORTH]
    ]


def _rounds(row: Row) -> str:
    return (
        f"Rounds with the customer: of {row['visit_count']:,} waits on the customer, "
        f"{row['rework_count']:,} ({percent(row['rework_count'] / row['visit_count'])}) were not the ticket's first."
    )


def _seldom_steps(rows: Sequence[Row]) -> list[str]:
    if not rows:
        return []
    named = [f"{row['step']} ({counted(row['ticket_count'], 'ticket')})" for row in rows]
    return [f"Seldom seen, and without a page of {'its' if len(rows) == 1 else 'their'} own: {', '.join(named)}."]
