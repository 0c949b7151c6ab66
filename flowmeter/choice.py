"""What a comparison compares."""

import datetime as dt
from dataclasses import dataclass

COLUMNS_OF = {"variant": "variant", "group": "group_name", "channel": "coalesce(channel, 'unknown')"}
VALUED = (*COLUMNS_OF, "field", "flow")
"""Kinds whose arms are values that tickets have; of the others they are with and without, or before and since."""


@dataclass(frozen=True)
class Choice:
    """What is compared: the arms, the baseline first, over tickets created from `first` to `last` (local days).

    `counts`: tickets of every arm that there is in the workflow, whether chosen or not. `cut` only of a date cut.
    """

    workflow: str
    by: str
    arms: tuple[str, ...]
    first: dt.date
    last: dt.date
    counts: dict[str, int]
    cut: dt.date | None = None


def field_of(by: str) -> str:
    """Which field of fct_ticket_field `field:NAME` or `flow:NAME` is about."""
    return by if by.startswith("flow:") else by.removeprefix("field:")
