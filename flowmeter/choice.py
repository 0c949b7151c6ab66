"""What a comparison compares."""

import datetime as dt
from dataclasses import dataclass


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
