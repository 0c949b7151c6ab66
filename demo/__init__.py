"""Makes a demo shop's year and writes the exports its owner would download. `demo.shop` lists all names and ids."""

import gc
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from demo.arrivals import make_arrivals
from demo.calendar import Calendar
from demo.desk import Sink
from demo.engine import Engine
from demo.journal import Ticket
from demo.orders import Checkouts, Orders, make_orders
from demo.service import Service
from demo.shop import TIME_ZONE, Shop
from demo.shopify import write_checkouts, write_orders
from demo.staff import Staff
from demo.survey import CesFile
from demo.truth import TruthFiles
from demo.zendesk import ZendeskFiles

__all__ = ["Shop", "generate", "generate_shop", "last_sunday", "live"]


def _silent(_: str) -> None:
    """Report nothing."""


def last_sunday(today: date) -> date:
    """The last Sunday before a day."""
    return today - timedelta(days=today.weekday() + 1)


def generate(
    out: Path,
    *,
    tickets: int = 20000,
    end: date | None = None,
    seed: int = 7,
    truth: Path | None = None,
    progress: Callable[[str], None] = _silent,
) -> None:
    """Write a demo shop's exports for the year that ends on `end` (a Sunday; by default the last one) into `out`.

    Same arguments, same bytes. With `truth`, what really happened is written there as well. Raises ValueError when
    `end` is no Sunday or the shop is too small to be staffed (under 200 tickets).
    """
    shop = Shop(tickets=tickets, end=end or last_sunday(datetime.now(ZoneInfo(TIME_ZONE)).date()), seed=seed)
    generate_shop(shop, out, truth=truth, progress=progress)


def generate_shop(
    shop: Shop, out: Path, *, truth: Path | None = None, progress: Callable[[str], None] = _silent
) -> Staff:
    """Write the exports of a shop with any parameters; see `generate`. Returns the staff, with what they worked."""
    if shop.end.weekday() != 6 or shop.tickets < 200:
        raise ValueError(f"a demo shop ends on a Sunday and has 200 tickets or more, not {shop.end} and {shop.tickets}")
    out.mkdir(parents=True, exist_ok=True)
    calendar = Calendar(shop.end)
    helpdesk, ces = ZendeskFiles(out, calendar), CesFile()
    facts = TruthFiles(truth) if truth else None

    def sink(ticket: Ticket) -> None:
        helpdesk.add(ticket)
        ces.add(ticket)
        if facts:
            facts.add(ticket)

    staff, orders, checkouts = live(shop, sink, progress)
    helpdesk.finish(staff.agents)
    ces.write(out / "ces_survey.csv", calendar)
    write_orders(out / "shopify_orders_export.csv", orders, calendar)
    write_checkouts(out / "shopify_abandoned_checkouts.jsonl", orders, checkouts)
    if facts:
        facts.finish(orders, checkouts)
    return staff


def live(shop: Shop, sink: Sink, progress: Callable[[str], None] = _silent) -> tuple[Staff, Orders, Checkouts]:
    """Run a shop's year and write nothing: every ticket goes to `sink` when it is over."""
    calendar = Calendar(shop.end)
    progress(f"demo: orders and customers of {calendar.first} to {calendar.last}")
    orders, checkouts = make_orders(shop, calendar)
    arrivals = make_arrivals(shop, calendar, orders, checkouts)
    staff = Staff(shop, calendar)
    progress(f"demo: {len(staff.agents)} agents work through the year's tickets")
    service = Service(shop, Engine(calendar, staff), orders, checkouts, sink)
    collecting = gc.isenabled()
    gc.disable()  # millions of small tuples without cycles: looking for cycles would take half of the time
    try:
        service.run(arrivals.rows(shop.seed))
    finally:
        if collecting:
            gc.enable()
    progress(
        f"demo: {service.ids.opened} tickets written; {int(orders.exists.sum())} orders and {len(checkouts)} carts left"
    )
    return staff, orders, checkouts
