"""The shop's year before anybody writes in: orders, how late they ship, and carts that were left behind."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from demo.calendar import Calendar
from demo.shop import DAY, HOUR, Shop

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

FIRST_ORDER_NUMBER = 20001
PRODUCTS = (
    ("Linen duvet cover", 8900),
    ("Pillowcase pair", 3400),
    ("Wool throw", 12900),
    ("Cotton bath towel", 2400),
    ("Waffle dressing gown", 7900),
    ("Table runner", 2900),
    ("Napkin set of four", 2600),
    ("Kitchen towel trio", 1900),
    ("Merino blanket", 16900),
    ("Velvet cushion", 3900),
    ("Curtain panel", 5900),
    ("Jute rug", 14900),
    ("Bath mat", 2700),
    ("Quilted bedspread", 13900),
    ("Apron", 3200),
    ("Oven glove", 1500),
)
_HOURS = np.array(
    [4, 2, 1, 1, 1, 2, 5, 9, 13, 16, 18, 18, 17, 16, 16, 16, 17, 18, 21, 25, 27, 24, 17, 9], dtype=np.float64
)


def hours_of_day(draws: Floats) -> Ints:
    """Seconds of the local day at which customers act, one per uniform draw."""
    steps = np.concatenate([[0.0], np.cumsum(_HOURS / _HOURS.sum())])
    seconds: Ints = (np.interp(draws, steps, np.arange(25.0)) * HOUR).astype(np.int64).clip(0, DAY - 1)
    return seconds


@dataclass
class Orders:
    """Columns of the year's orders, oldest first; instants in seconds, money in cents, customer a number.

    `exists` is false for an order that would only follow from a won-back cart; `refunded` is filled by the simulation.
    """

    created: Ints
    customer: Ints
    fulfilled: Ints  # 0 = not shipped by the end
    cancelled: Bools
    lines: Ints
    product: Ints  # of the first line; the others follow from it
    exists: Bools
    refunded: Ints
    first: Bools  # the customer's first order of the year
    lag: Floats  # days from order to shipping, also where that is after the end

    def __len__(self) -> int:
        return len(self.created)


@dataclass
class Checkouts:
    """Columns of the carts left behind, oldest first. `order` is what completed a cart, or would (-1: none)."""

    created: Ints
    customer: Ints
    completed: Ints  # 0 = never
    order: Ints
    outreach: Bools  # a salesperson is to write to this customer
    winnable: Bools  # and would win the cart back

    def __len__(self) -> int:
        return len(self.created)


def order_name(order: int) -> str:
    """The order's name in the shop, as ``#20001``."""
    return f"#{FIRST_ORDER_NUMBER + order}"


def line_products(product: int, lines: int) -> list[tuple[int, int]]:
    """(product, quantity) of each line of an order."""
    return [((product + 5 * k) % len(PRODUCTS), 1 + (product + k) % 7 // 5) for k in range(lines)]


@cache
def subtotal_cents(product: int, lines: int) -> int:
    """Sum of the lines' prices in cents."""
    return sum(PRODUCTS[item][1] * quantity for item, quantity in line_products(product, lines))


def shipping_cents(subtotal: int) -> int:
    """Shipping fee in cents: free from 60 euros."""
    return 490 if subtotal < 6000 else 0


def make_orders(shop: Shop, calendar: Calendar) -> tuple[Orders, Checkouts]:
    """Draw the year's orders and carts. Same shop seed and size, same columns."""
    rng = np.random.Generator(np.random.Philox(key=[shop.seed, 1]))
    created = _order_times(shop.orders, calendar, rng)
    customers = int(shop.orders * 0.62)
    customer = (customers * rng.random(shop.orders) ** 1.3).astype(np.int64)
    carts = _make_checkouts(shop, calendar, created, customer, customers)
    won, extra = carts
    created = np.concatenate([created, extra[0]])
    customer = np.concatenate([customer, extra[1]])
    rank = np.argsort(created, kind="stable")
    place = np.empty(len(rank), dtype=np.int64)
    place[rank] = np.arange(len(rank))
    won.order[won.order >= 0] = place[won.order[won.order >= 0]]
    exists = np.concatenate([np.ones(shop.orders, dtype=np.bool_), np.zeros(len(extra[0]), dtype=np.bool_)])[rank]
    return _ship(created[rank], customer[rank], exists, calendar, rng), won


def _order_times(count: int, calendar: Calendar, rng: np.random.Generator) -> Ints:
    weight = calendar.order_weight / calendar.order_weight.sum()
    day = np.searchsorted(np.cumsum(weight), rng.random(count)).clip(0, calendar.days - 1)
    return np.sort(calendar.instants(day, hours_of_day(rng.random(count))))


def _ship(created: Ints, customer: Ints, exists: Bools, calendar: Calendar, rng: np.random.Generator) -> Orders:
    count = len(created)
    day = calendar.local_days(created).clip(0, calendar.days - 1)
    held = rng.random(count) < np.where(calendar.late[day], 0.65, 0.04)
    lag = np.exp(0.45 * rng.standard_normal(count)) * 0.9 + 0.2 + held * (3.0 + 3.5 * rng.random(count))
    cancelled = rng.random(count) < 0.015
    fulfilled = created + (lag * DAY).astype(np.int64)
    fulfilled[(fulfilled > calendar.end) | cancelled] = 0
    first = np.zeros(count, dtype=np.bool_)
    first[np.unique(customer, return_index=True)[1]] = True
    lines = 1 + (rng.random(count) < 0.3).astype(np.int64) + (rng.random(count) < 0.1)
    product = rng.integers(0, len(PRODUCTS), count)
    refunded = np.zeros(count, dtype=np.int64)
    return Orders(created, customer, fulfilled, cancelled, lines, product, exists, refunded, first, lag)


def _make_checkouts(
    shop: Shop, calendar: Calendar, created: Ints, customer: Ints, customers: int
) -> tuple[Checkouts, tuple[Ints, Ints]]:
    """Carts that became an order by themselves, and carts that did not; with the orders that outreach could win."""
    rng = np.random.Generator(np.random.Philox(key=[shop.seed, 2]))
    natural = np.flatnonzero(rng.random(len(created)) < 0.06)
    before = created[natural] - (rng.exponential(9 * HOUR, len(natural)).astype(np.int64) + 900)
    natural, before = natural[before > calendar.start], before[before > calendar.start]
    lost = int(0.22 * shop.orders)
    lost_at = _order_times(lost, calendar, rng)
    lost_customer = rng.integers(0, customers, lost)
    asked = rng.random(lost) < 0.062 * shop.tickets / lost
    later = lost_at + (30 * HOUR + rng.exponential(30 * HOUR, lost)).astype(np.int64)
    winnable = asked & (rng.random(lost) < 0.16) & (later < calendar.end)
    target = np.full(lost, -1, dtype=np.int64)
    target[winnable] = len(created) + np.arange(int(winnable.sum()))
    off = np.zeros(len(natural), dtype=np.bool_)
    rank = np.argsort(np.concatenate([before, lost_at]), kind="stable")
    carts = Checkouts(
        created=np.concatenate([before, lost_at])[rank],
        customer=np.concatenate([customer[natural], lost_customer])[rank],
        completed=np.concatenate([created[natural], np.zeros(lost, dtype=np.int64)])[rank],
        order=np.concatenate([natural, target])[rank],
        outreach=np.concatenate([off, asked])[rank],
        winnable=np.concatenate([off, winnable])[rank],
    )
    return carts, (later[winnable], lost_customer[winnable])
