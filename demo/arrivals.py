"""Who writes in, when and why: the contacts that the year brings before any service has been given.

Repeat contacts, second tickets of the impatient and outreach follow from what happens and are the engine's.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from demo.calendar import Calendar
from demo.orders import Bools, Checkouts, Floats, Ints, Orders, hours_of_day
from demo.shop import CART, DAY, HOUR, ONBOARDING, ORDERS, OTHER, RETURNS, ROUTING, Shop

# Share of the wanted tickets that arrive of themselves; the rest is outreach and repeats.
_SHARES = {ROUTING: 0.205, ORDERS: 0.345, ONBOARDING: 0.105, CART: 0.03, RETURNS: 0.165, OTHER: 0.03}
SPAM, TEST = 10, 11
_SPAM_SHARE, _TEST_SHARE = 0.01, 0.002
_BLOCK = 4096
UNIFORMS, NORMALS = 40, 14
_FUTURES = 100  # apart from the numbers of other streams
_SERIAL_BITS = 24

Row = tuple[int, int, int, int, int, list[float], list[float]]


@dataclass
class Arrivals:
    """Columns of the contacts, oldest first: instant, serial number, topic, customer, and order or cart (-1: none)."""

    at: Ints
    serial: Ints
    topic: Ints
    customer: Ints
    reference: Ints

    def __getitem__(self, chosen: Bools) -> "Arrivals":
        """Some of the contacts."""
        return Arrivals(*(getattr(self, column.name)[chosen] for column in fields(self)))

    def __add__(self, later: "Arrivals") -> "Arrivals":
        """These, then later ones."""
        return Arrivals(
            *(np.concatenate([getattr(self, column.name), getattr(later, column.name)]) for column in fields(self))
        )

    def rows(self, seed: int) -> Iterator[Row]:
        """Each contact with its own luck: draws keyed by its serial, so that scenarios share them."""
        block = -1
        for low in range(0, len(self.at), _BLOCK):
            part = slice(low, low + _BLOCK)
            columns = (self.at, self.serial, self.topic, self.customer, self.reference)
            for at, serial, topic, customer, reference in zip(*(c[part].tolist() for c in columns), strict=True):
                if serial // _BLOCK != block:
                    block = serial // _BLOCK
                    uniform, normal = _block(seed, block)
                yield at, topic, customer, reference, serial, uniform[serial % _BLOCK], normal[serial % _BLOCK]


def child_serial(parent: int, kind: int) -> int:
    """Serial number of a contact that follows from another one; apart from those of first contacts."""
    return (1 << 36) + parent * 8 + kind


def luck(seed: int, serial: int) -> tuple[list[float], list[float]]:
    """Draws of a contact that follows from another one, keyed by its serial number."""
    rng = np.random.Generator(np.random.Philox(key=[seed, serial]))
    return rng.random(UNIFORMS).tolist(), rng.standard_normal(NORMALS).tolist()


def _block(seed: int, block: int) -> tuple[list[list[float]], list[list[float]]]:
    rng = np.random.Generator(np.random.Philox(key=[seed, block + (1 << 32)]))
    return rng.random((_BLOCK, UNIFORMS)).tolist(), rng.standard_normal((_BLOCK, NORMALS)).tolist()


def make_arrivals(shop: Shop, calendar: Calendar, orders: Orders, checkouts: Checkouts) -> Arrivals:
    """Draw the year's contacts: order questions from orders (more when late), the rest from customers' habits."""
    own = _drawn(shop, calendar, orders, checkouts, 0)
    if shop.future is None:
        return own
    other = _drawn(shop, calendar, orders, checkouts, 1 + shop.future)
    since = calendar.day_start(shop.changes_from)
    return own[own.at < since] + other[other.at >= since]


def _drawn(shop: Shop, calendar: Calendar, orders: Orders, checkouts: Checkouts, future: int) -> Arrivals:
    """Each future has a stream of its own, and serial numbers, by which contacts have their luck."""
    rng = np.random.Generator(np.random.Philox(key=[shop.seed, 3 if future == 0 else _FUTURES + future]))
    wanted = {topic: round(share * shop.tickets) for topic, share in _SHARES.items()}
    parts = [
        _order_questions(wanted[ORDERS], shop, calendar, orders, rng),
        _returns(wanted[RETURNS], calendar, orders, rng),
        _newcomers(wanted[ONBOARDING], calendar, orders, rng),
        _cart_questions(wanted[CART], calendar, checkouts, rng),
    ]
    strangers = {
        ROUTING: wanted[ROUTING],
        OTHER: wanted[OTHER],
        SPAM: round(_SPAM_SHARE * shop.tickets),
        TEST: max(2, round(_TEST_SHARE * shop.tickets)),
    }
    parts += [_general(topic, count, shop, calendar, rng) for topic, count in strangers.items()]
    parts.append(_outreach(checkouts, rng))
    at, topic, customer, reference, kept = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    rank = np.argsort(at, kind="stable")
    serial = np.arange(len(rank)) + (future << _SERIAL_BITS)
    keep = kept[rank].astype(np.bool_) & (at[rank] < calendar.end - HOUR)
    return Arrivals(at[rank][keep], serial[keep], topic[rank][keep], customer[rank][keep], reference[rank][keep])


Part = tuple[Ints, Ints, Ints, Ints, Bools]


def _pick(weight: Floats, count: int, rng: np.random.Generator) -> Ints:
    """`count` places drawn without putting back, with chances in proportion to the weights, in ascending order."""
    keys = rng.exponential(1.0, len(weight)) / np.maximum(weight, 1e-12)
    return np.sort(np.argpartition(keys, min(count, len(keys) - 1))[:count])


def _part(at: Ints, topic: int, customer: Ints, reference: Ints, kept: Bools | None = None) -> Part:
    return at, np.full(len(at), topic), customer, reference, np.ones(len(at), dtype=np.bool_) if kept is None else kept


def _awake(at: Ints, calendar: Calendar, rng: np.random.Generator) -> Ints:
    """Keep the day, take the second of the day from when customers write."""
    day = calendar.local_days(at).clip(0)  # may lie behind the end: such contacts are left out later
    moved = calendar.instants(day, hours_of_day(rng.random(len(at))))
    return np.maximum(moved, calendar.start + 60)


def _order_questions(count: int, shop: Shop, calendar: Calendar, orders: Orders, rng: np.random.Generator) -> Part:
    lag = orders.lag
    late = lag > 3.0
    asks = orders.created + ((2.5 + rng.exponential(1.4, len(lag))) * DAY).astype(np.int64)
    asks = np.where(late, asks, orders.created + ((lag + 1.0 + rng.exponential(1.6, len(lag))) * DAY).astype(np.int64))
    at = np.maximum(_awake(asks, calendar, rng), orders.created + HOUR)
    weight = np.where(late, 1.0 + 1.1 * (lag - 2.5).clip(0, 4), 1.0) * orders.exists * (at < calendar.end - HOUR)
    told = rng.random(len(lag)) < 0.45
    chosen = _pick(weight, count, rng)
    since = at[chosen] >= calendar.day_start(shop.changes_from)
    kept = ~((late & told)[chosen] & since) if shop.proactive_notice else None
    return _part(at[chosen], ORDERS, orders.customer[chosen], chosen, kept)


def _returns(count: int, calendar: Calendar, orders: Orders, rng: np.random.Generator) -> Part:
    arrived = orders.fulfilled + ((2.0 + rng.exponential(5.0, len(orders))) * DAY).astype(np.int64)
    at = np.maximum(_awake(arrived, calendar, rng), orders.fulfilled + DAY)
    weight = ((orders.fulfilled > 0) & orders.exists & (at < calendar.end - HOUR)).astype(np.float64)
    chosen = _pick(weight, count, rng)
    return _part(at[chosen], RETURNS, orders.customer[chosen], chosen)


def _newcomers(count: int, calendar: Calendar, orders: Orders, rng: np.random.Generator) -> Part:
    at = _awake(orders.created + (rng.exponential(5.0, len(orders)) * DAY).astype(np.int64), calendar, rng)
    at = np.maximum(at, orders.created + HOUR)
    weight = (orders.first & orders.exists & (at < calendar.end - HOUR)).astype(np.float64)
    chosen = _pick(weight, count, rng)
    return _part(at[chosen], ONBOARDING, orders.customer[chosen], chosen)


def _cart_questions(count: int, calendar: Calendar, checkouts: Checkouts, rng: np.random.Generator) -> Part:
    at = checkouts.created + rng.integers(300, 5 * HOUR, len(checkouts))
    weight = ((at < calendar.end - HOUR) & ~checkouts.outreach).astype(np.float64)
    chosen = _pick(weight, count, rng)
    return _part(at[chosen], CART, checkouts.customer[chosen], np.full(len(chosen), -1))


def _outreach(checkouts: Checkouts, rng: np.random.Generator) -> Part:
    chosen = np.flatnonzero(checkouts.outreach)
    at = checkouts.created[chosen] + rng.integers(HOUR, 4 * HOUR, len(chosen))
    return _part(at, CART, checkouts.customer[chosen], chosen)


def _general(topic: int, count: int, shop: Shop, calendar: Calendar, rng: np.random.Generator) -> Part:
    weight = np.sqrt(calendar.order_weight)
    day = np.searchsorted(np.cumsum(weight / weight.sum()), rng.random(count)).clip(0, calendar.days - 1)
    at = calendar.instants(day, hours_of_day(rng.random(count)))
    known = int(shop.orders * 0.62)
    customer = np.where(rng.random(count) < 0.6, rng.integers(0, known, count), known + rng.integers(0, known, count))
    return _part(at, topic, customer, np.full(count, -1))
