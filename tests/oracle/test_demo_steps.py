"""The steps of every demo ticket, told from the generator's truth in plain Python, against the published visits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import duckdb
import pytest

from flowmeter import warehouse
from tests.oracle.truth import Event, Ticket, read_tickets

DONE = {"solved", "closed"}
WORK = {"created", "reply", "note", "macro"}
Told = list[tuple[str, datetime]]


@dataclass
class State:
    """What the events so far have made of a ticket."""

    has_bot: bool
    status: str = "new"
    group: str | None = None
    agent: str | None = None
    home: str | None = None
    is_touched: bool = False
    is_reopened: bool = False

    def take(self, update: list[Event]) -> None:
        """Follow one update: first what is said, then group, assignee and status."""
        by_person = any(event.actor_kind == "agent" for event in update)
        for event in update:
            self._field(event)
        if any(event.kind == "assign" for event in update):
            self.is_touched = False
        said = any(event.kind in WORK for event in update)
        parked = any(event.kind == "status" and event.after not in ("new", "open") for event in update)
        if by_person and (said or parked):
            self.is_touched, self.is_reopened = True, False

    def _field(self, event: Event) -> None:
        if event.kind == "group":
            self.group, self.home = event.after, None
        elif event.kind == "assign":
            given_by_holder = event.actor_kind == "agent" and event.actor_id == self.agent and self.home is not None
            self.agent = event.after
            if event.after and not given_by_holder:
                self.home = event.after
        elif event.kind == "status":
            if self.status in DONE and event.after not in DONE:
                self.is_reopened = True
            self.status = event.after or self.status

    @property
    def step(self) -> str:
        """The name of the step."""
        if self.status in DONE:
            return "Resolved"
        if self.status in ("pending", "hold"):
            return "Waiting on customer" if self.status == "pending" else "On hold"
        if self.agent is None and self.group is None and self.has_bot:
            return "Bot"
        if self.is_reopened:
            return "Reopened"
        return self._held()

    def _held(self) -> str:
        group = self.group or "no group"
        if self.agent is None:
            return f"Queue: {group}"
        if self.home is not None and self.agent != self.home:
            return "Refund approval"
        return f"Working: {group}" if self.is_touched else f"Assigned: {group}"


def tell(ticket: Ticket) -> Told:
    """Every step of a ticket with the instant at which it was entered."""
    state = State(any(event.actor_kind == "bot" for event in ticket.events))
    told: Told = []
    for at, update in groupby(ticket.events, key=lambda event: event.at):
        state.take(list(update))
        if not told or told[-1][0] != state.step:
            told.append((state.step, at))
    return told


@pytest.fixture(scope="module")
def published(demo_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published snapshot, read-only."""
    with warehouse.read((demo_home / "data/warehouse/current").resolve()) as con:
        yield con


def test_every_visit_equals_the_second_route(published: duckdb.DuckDBPyConnection, demo_home: Path) -> None:
    """The same steps in the same order, entered in the same second."""
    rows = published.execute(
        "select ticket_key, list((case when step = 'Triage' then 'Queue: Triage' else step end, entered_at)"
        " order by visit_no) from fct_ticket_step group by ticket_key"
    ).fetchall()
    ours = {key: [(step, at.replace(tzinfo=UTC)) for step, at in visits] for key, visits in rows}
    theirs = {ticket.ticket_id: tell(ticket) for ticket in read_tickets(demo_home / "truth") if not ticket.excluded}
    assert len(ours) > 2500
    assert set(ours) == set(theirs)
    different = {key: (ours[key], told) for key, told in theirs.items() if ours[key] != told}
    assert not different, f"{len(different)} differ, first: {next(iter(different.items()))}"
