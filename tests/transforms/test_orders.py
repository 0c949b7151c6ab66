"""Contacts per order, and carts that came back. All orders of the handmade shop are these."""

from __future__ import annotations

from tests.transforms.published import Published, approx
from tests.transforms.shop import HandmadeShop

WEEK = "2026-06-22"  # a Monday
CARTS = "2026-05-18"  # a Monday


def tell(shop: HandmadeShop) -> None:
    """Write the cases."""
    shop.flow("where_is_it", order_status=True)
    shop.flow("carts", cart_recovery=True)
    for hour in ("10", "11"):
        shop.simple("where_is_it", f"{WEEK} {hour}:00", f"{WEEK} 12:00")
    shop.simple("other_contact", f"{WEEK} 10:00", f"{WEEK} 12:00")
    shop.ticket("other_contact", f"{WEEK} 10:00", author=shop.agent(), channel="web")
    shop.order(f"{WEEK} 00:00", "2026-06-23 10:00")
    shop.order("2026-06-28 23:59", "2026-06-29 10:00")
    shop.order("2026-06-24 10:00", "2026-06-25 10:00")
    shop.order("2026-06-24 10:00")
    shop.order("2026-06-21 23:59", "2026-06-22 10:00")
    _tell_carts(shop, shop.agent())


def _tell_carts(shop: HandmadeShop, agent: int) -> None:
    for written, completed in (
        ("2026-05-19 10:00", "2026-05-20 10:00"),  # written to, came back: entered and recovered
        ("2026-05-19 10:00", None),  # written to, in vain: entered
        (None, "2026-05-20 10:00"),  # came back unasked: recovered, not entered
        ("2026-05-21 10:00", "2026-05-20 10:00"),  # written to after it came back: not entered
        ("2026-05-25 10:01", None),  # written to after more than 7 days: not entered
        ("2026-05-19 10:00", "2026-05-26 10:01"),  # came back more than 7 days after it was written to: not attributed
    ):
        customer = shop.customer()
        shop.checkout(customer, f"{CARTS} 10:00", completed, "30.00")
        if completed:
            shop.order(completed, customer=customer)
        if written:
            shop.ticket("carts", written, customer=customer, author=agent, channel="web")


def test_contacts_per_hundred_orders(published: Published) -> None:
    """Four orders were created in the week (Monday 00:00 to Sunday 23:59 in Berlin); outreach is no contact."""
    assert published.kpi("contact_rate", "where_is_it", WEEK) == (approx(50), 4)
    assert published.kpi("contact_rate", "other_contact", WEEK) == (approx(25), 4)


def test_order_status_contacts_per_thousand_shipped_orders(published: Published) -> None:
    """Three were shipped in it."""
    assert published.kpi("wismo_per_1000_orders", "where_is_it", WEEK) == (approx(2000 / 3), 3)


def test_orders_have_two_items_and_one_total(published: Published) -> None:
    """Money of an order stands on its first row only."""
    (row,) = published.rows("select count(*) as n, count(distinct order_id) as names from fct_order")
    assert (row["n"], row["names"]) == (9, 9)


def test_cart_recovery(published: Published) -> None:
    """Six abandoned: three entered (one recovered in the window), four completed."""
    assert published.kpi("cart_recovery_entries", "carts", CARTS) == (approx(1 / 3), 3)
    assert published.kpi("cart_recovery_all", "all", CARTS) == (approx(4 / 6), 6)
    assert published.kpi("recovered_revenue", "carts", CARTS)[0] == approx(30)
