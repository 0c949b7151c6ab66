"""Abandoned checkouts: which entered recovery, and what came back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.oracle.shop import Shop
from tests.oracle.stats import share_of
from tests.oracle.truth import Checkout

ENTERS_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class Cart:
    """An abandoned checkout and the instant, if any, at which it entered the recovery workflow."""

    checkout: Checkout
    entered_at: datetime | None

    @classmethod
    def of(cls, checkout: Checkout, recovery_tickets: Iterable[datetime]) -> Cart:
        """The cart entered with its customer's first recovery ticket in time and before completion."""
        begin = checkout.abandoned_at
        end = begin + ENTERS_WITHIN
        fitting = [
            at
            for at in recovery_tickets
            if begin <= at <= end and (checkout.completed_at is None or at < checkout.completed_at)
        ]
        return cls(checkout, min(fitting, default=None))

    def is_attributed(self, window: timedelta) -> bool:
        """Whether the checkout was completed within the window after it entered recovery."""
        done_at = self.checkout.completed_at
        return self.entered_at is not None and done_at is not None and done_at <= self.entered_at + window


def cart_numbers(
    shop: Shop, carts: Sequence[Cart], weeks: Iterable[date]
) -> Iterator[tuple[date, dict[str, tuple[float | None, int]]]]:
    """Yield the cart metrics of every week, by the week of abandonment; revenue in the shop's currency."""
    window = timedelta(days=shop.cart_window_days)
    for week in weeks:
        here = [cart for cart in carts if shop.week(cart.checkout.abandoned_at) == week]
        entered = [cart for cart in here if cart.entered_at]
        attributed = [cart for cart in entered if cart.is_attributed(window)]
        yield (
            week,
            {
                "cart_recovery_entries": (share_of(cart in attributed for cart in entered), len(entered)),
                "cart_recovery_all": (share_of(cart.checkout.completed_at is not None for cart in here), len(here)),
                "recovered_revenue": (sum(cart.checkout.total for cart in attributed), len(attributed)),
            },
        )
