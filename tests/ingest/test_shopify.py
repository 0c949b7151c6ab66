"""Shopify's orders CSV and abandoned checkouts."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import Any

import pytest

from tests.ingest.conftest import Shop, at

HEADER = [
    "Name",
    "Email",
    "Financial Status",
    "Paid at",
    "Fulfillment Status",
    "Fulfilled at",
    "Accepts Marketing",
    "Currency",
    "Subtotal",
    "Shipping",
    "Taxes",
    "Total",
    "Discount Code",
    "Discount Amount",
    "Shipping Method",
    "Created at",
    "Lineitem quantity",
    "Lineitem name",
    "Lineitem price",
    "Lineitem compare at price",
    "Lineitem sku",
    "Lineitem requires shipping",
    "Lineitem taxable",
    "Lineitem fulfillment status",
    "Billing Name",
    "Billing Street",
    "Billing Zip",
    "Billing Country",
    "Billing Phone",
    "Shipping Name",
    "Shipping Country",
    "Notes",
    "Cancelled at",
    "Refunded Amount",
    "Id",
    "Tags",
    "Source",
    "Phone",
]
ORDER = {
    "Name": "#1001", "Email": "Anna@Example.com ", "Financial Status": "paid", "Paid at": "2026-11-02 10:00:00 +0100",
    "Fulfillment Status": "fulfilled", "Fulfilled at": "2026-11-03 10:00:00 +0100", "Currency": "EUR",
    "Subtotal": "25.00", "Shipping": "4.90", "Taxes": "3.99", "Total": "29.90", "Discount Code": "HELLO",
    "Discount Amount": "0.00", "Created at": "2026-11-02 09:59:58 +0100", "Lineitem quantity": "2",
    "Lineitem name": "Cup, blue", "Lineitem price": "12.50", "Lineitem sku": "007", "Billing Name": "Anna Muster",
    "Billing Zip": "'01067", "Shipping Country": "DE", "Notes": 'leave at\nthe "door"', "Refunded Amount": "0.00",
    "Id": "'880001", "Tags": "vip, test", "Source": "web", "Phone": "'+49 170 1234567",
}  # fmt: skip
ITEM = {"Name": "#1001", "Lineitem quantity": "1", "Lineitem name": "Lid", "Lineitem price": "3.00"}


def table(*rows: dict[str, str], header: list[str] | None = None, delimiter: str = ",") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, header or HEADER, restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def test_an_order_becomes_a_row_per_item_as_in_the_file(shop: Shop) -> None:
    batch = shop.load_one(shop.write("orders.csv", table(ORDER, ITEM)))
    assert (batch.source, batch.read, batch.loaded) == ("shopify_order", 2, 2)
    first, second = shop.rows("select * exclude (email_hash, phone_hash) from shopify_order_line order by line")
    assert first == (
        1, 1, "#1001", "880001", at(2026, 11, 2, 8, 59, 58), at(2026, 11, 2, 9),
        at(2026, 11, 3, 9), None, "paid", "fulfilled", "EUR", Decimal("25.00"), Decimal("4.90"),
        Decimal("3.99"), Decimal("29.90"), Decimal("0.00"), Decimal("0.00"), "HELLO", "web", "vip, test", "DE", 2,
        "Cup, blue", "007", Decimal("12.50"), None,
    )  # fmt: skip
    assert second[:4] == (1, 2, "#1001", None)
    assert second[-5:] == (1, "Lid", None, Decimal("3.00"), None)


@pytest.mark.parametrize(
    "content",
    [
        table(ORDER, ITEM, delimiter=";"),
        "\ufeff" + table(ORDER, ITEM),
        table(ORDER, ITEM).replace("\r\n", "\n"),
        table(ORDER, ITEM).replace("Lineitem sku", "Lineitem SKU").replace("Created at", "Created At"),
        table(ORDER, ITEM).replace("\r\n#1001", "\n#1001", 1),
    ],
    ids=["semicolons", "byte order mark", "line feeds", "other capitals", "mixed line ends"],
)
def test_other_ways_of_writing_the_same_table(shop: Shop, content: str) -> None:
    shop.load_one(shop.write("orders.csv", content))
    assert shop.rows("select order_id, item_sku, total, item_name from shopify_order_line order by line") == [
        ("880001", "007", Decimal("29.90"), "Cup, blue"),
        (None, None, None, "Lid"),
    ]


def test_a_bad_row_takes_its_whole_order_along(shop: Shop) -> None:
    bad = {**ORDER, "Name": "#2", "Total": "1.2.3"}
    shop.load_one(shop.write("o.csv", table(ORDER, ITEM, bad, {**ITEM, "Name": "#2"}, {**ORDER, "Name": "#3"})))
    assert shop.aside() == [
        (5, "unreadable_amount", "Total", "1.2.3"),
        (7, "part_of_a_bad_record", "", "#2"),
    ]
    assert shop.rows("select distinct order_name from shopify_order_line order by 1") == [("#1001",), ("#3",)]


def test_a_row_that_is_too_long_is_refused_and_not_cut(shop: Shop) -> None:
    content = table(ORDER, {**ORDER, "Name": "#2"}).replace("'+49 170 1234567\r\n", "'+49 170 1234567,more\r\n", 1)
    batch = shop.load_one(shop.write("o.csv", content))
    assert (batch.read, batch.loaded, batch.quarantined) == (2, 1, 1)
    (line, rule, _, _) = shop.aside()[0]
    assert (line, rule) == (2, "too_many_columns")
    raw = shop.rows("select raw from quarantine")[0][0]
    assert raw.startswith("#1001,")
    assert "Anna" not in raw
    assert "1234567" not in raw


def test_rows_of_an_order_without_its_first_row_are_set_aside(shop: Shop) -> None:
    shop.load_one(shop.write("o.csv", table(ORDER, {**ITEM, "Name": "#9"})))
    assert shop.aside()[0][1:3] == ("missing_created_at", "Created at")


def test_times_without_an_offset_need_the_shops_zone(shop: Shop) -> None:
    local = {**ORDER, "Created at": "2026-07-01 10:00:00", "Paid at": "", "Fulfilled at": ""}
    shop.sources = {"shopify": {"time_zone": "Europe/Berlin"}}
    shop.load_one(shop.write("o.csv", table(local)))
    assert shop.rows("select created_at from shopify_order_line") == [(at(2026, 7, 1, 8),)]


def checkout(number: int, **values: Any) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/AbandonedCheckout/{number}",
        "name": f"#C{number}",
        "createdAt": "2026-11-02T09:00:00Z",
        "updatedAt": "2026-11-02T09:30:00Z",
        "completedAt": None,
        "abandonedCheckoutUrl": "https://shop.example.com/c/1",
        "customer": {"id": "gid://shopify/Customer/5", "email": "anna@example.com"},
        "totalPriceSet": {"shopMoney": {"amount": "30.50", "currencyCode": "EUR"}},
        "lineItems": {"nodes": [{"quantity": 2}, {"quantity": 1}]},
        **values,
    }


def test_checkouts_of_the_graphql_interface(shop: Shop) -> None:
    records = [
        checkout(1, completedAt="2026-11-04T00:00:00Z"),
        checkout(2, lineItems={"edges": [{"node": {"quantity": 4}}]}),
        checkout(3, lineItems=None),
        {"id": "gid://shopify/LineItem/1", "quantity": 5, "__parentId": "gid://shopify/AbandonedCheckout/3"},
        {"id": "gid://shopify/LineItem/2", "quantity": 1, "__parentId": "gid://shopify/AbandonedCheckout/3"},
        {"id": "gid://shopify/LineItem/3", "quantity": 1, "__parentId": "gid://shopify/AbandonedCheckout/77"},
    ]
    batch = shop.load_one(shop.write("c.jsonl", records))
    assert (batch.read, batch.loaded, batch.quarantined) == (6, 5, 1)
    found = shop.rows(
        "select checkout_name, completed_at, currency, total, item_count from shopify_checkout order by line"
    )
    assert found == [
        ("#C1", at(2026, 11, 4), "EUR", Decimal("30.50"), 3),
        ("#C2", None, "EUR", Decimal("30.50"), 4),
        ("#C3", None, "EUR", Decimal("30.50"), 6),
    ]
    assert shop.aside() == [(6, "item_without_checkout", "__parentId", "gid://shopify/AbandonedCheckout/77")]


def test_checkouts_of_the_older_interface(shop: Shop) -> None:
    record = {
        "id": 17, "token": "t", "created_at": "2026-11-02T10:00:00+01:00", "updated_at": "2026-11-02T10:00:00+01:00",
        "completed_at": None, "abandoned_checkout_url": "u", "total_price": "9.95", "currency": "EUR",
        "email": "anna@example.com", "line_items": [{"quantity": 1}, {"quantity": 1}],
    }  # fmt: skip
    shop.load_one(shop.write("c.json", json.dumps({"checkouts": [record]})))
    assert shop.rows(
        "select checkout_id, created_at, total, item_count, email_hash is not null from shopify_checkout"
    ) == [("17", at(2026, 11, 2, 9), Decimal("9.95"), 2, True)]
