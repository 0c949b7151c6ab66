"""What every page about tickets does first, and what stands in for it when there is nothing to show."""

from __future__ import annotations

from collections.abc import Callable

from dashboard import data
from dashboard.components import states
from dashboard.data import Snapshot
from dashboard.settled import settled
from flowmeter.errors import FlowmeterError


def ticket_page(body: Callable[[Snapshot], None]) -> None:
    """`body` of what is published, or the state that stands in for it."""
    settled()
    try:
        snap = data.snapshot()
        states.stale(snap)
        if snap.ticket_count:
            body(snap)
        else:
            states.empty()
    except FlowmeterError as error:
        states.failed(error)
