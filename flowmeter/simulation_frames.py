"""What calibration reads of a published file: frames, and no database."""

import datetime as dt
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class ServiceFacts:
    """How a shop worked until an instant. Instants are naive UTC; nothing that came to light after `as_of` is in it.

    visits: rows of fct_ticket_step by ticket and order; one that went on at `as_of` has no end and no work.
        `delay_minutes`: what no agent causes of the wait: measured, else what no cause explains.
    tickets: ticket_key, ticket_id, workflow, channel, priority, customer_id, created_at, is_outreach, is_measured,
        resolved_at.
    replies: ticket_key, happened_at of public answers by a person.
    agents: agent_id, group_name, kind. wages: agent_id, hourly, n. holidays: local days, as far as they are known.
    opening: group_name (null: all that have no hours of their own), time_zone, weekday (1 Monday), opens_minute,
        closes_minute, valid_from, valid_to, holidays. None: no opening hours are known.
    fees: kind (ticket_fee, message_fee, automation_fee), amount apiece. fixed_per_week: over the last eight weeks.
    handled: minutes by workflow that handling cost is reckoned by.
    """

    zone: str
    currency: str
    as_of: dt.datetime
    visits: pl.DataFrame
    tickets: pl.DataFrame
    replies: pl.DataFrame
    agents: pl.DataFrame
    wages: pl.DataFrame
    fees: dict[str, float]
    fixed_per_week: float
    handled: dict[str, float]
    holidays: tuple[dt.date, ...]
    opening: pl.DataFrame | None = None
