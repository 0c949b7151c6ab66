"""The shop's export: orders as the 79-column CSV, abandoned checkouts as GraphQL objects, one a line."""

from functools import cache
from pathlib import Path
from typing import Any

import orjson

from demo.calendar import Calendar, iso
from demo.orders import PRODUCTS, Checkouts, Orders, line_products, order_name, shipping_cents, subtotal_cents
from demo.people import address, email, name, phone
from demo.shop import FIRST_CUSTOMER_ID

COLUMNS = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,"
    "Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,"
    "Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,"
    "Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,"
    "Billing Address2,Billing Company,Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,"
    "Shipping Name,Shipping Street,Shipping Address1,Shipping Address2,Shipping Company,Shipping City,"
    "Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,"
    "Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID,"
    "Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,"
    "Tax 3 Value,Tax 4 Name,Tax 4 Value,Tax 5 Name,Tax 5 Value,Phone,Receipt Number,Duties,"
    "Billing Province Name,Shipping Province Name,Payment ID,Payment Terms Name,Next Payment Due At,"
    "Payment References"
)
_FIRST_ORDER_ID = 5400000000000
_FIRST_CHECKOUT_ID = 34000000000000
_VAT = 0.19
_BLOCK = 2000


def total_cents(product: int, lines: int) -> int:
    """What the customer pays, in cents."""
    subtotal = subtotal_cents(product, lines)
    return subtotal + shipping_cents(subtotal)


@cache
def _items(product: int, lines: int, status: str) -> list[str]:
    return [_item(item, quantity, status) for item, quantity in line_products(product, lines)]


def _item(product: int, quantity: int, status: str) -> str:
    title, cents = PRODUCTS[product]
    return f"{quantity},{title},{cents / 100:.2f},,HL-{product + 1:03d},true,true,{status}"


def _money_status(cents: int, refunded: int, cancelled: bool) -> str:
    if cancelled:
        return "voided"
    return "paid" if not refunded else "refunded" if refunded >= cents else "partially_refunded"


def _order_rows(number: int, values: tuple[Any, ...], calendar: Calendar) -> str:
    created, customer, fulfilled, cancelled, lines, product, refunded = values
    at, mail, order = calendar.offset_text(created), email(customer), order_name(number)
    subtotal = subtotal_cents(product, lines)
    shipping = shipping_cents(subtotal)
    total = subtotal + shipping
    tax = total * _VAT / (1 + _VAT) / 100
    status = "fulfilled" if fulfilled else "unfulfilled"
    shipped = calendar.offset_text(fulfilled) if fulfilled else ""
    gone = calendar.offset_text(min(created + 7200, calendar.end)) if cancelled else ""
    paid = "" if cancelled else at
    street, city, postcode, country = address(customer)
    person, call = name(customer), phone(customer)
    home = f"{person},{street},{street},,,{city},'{postcode},,{country},'{call}"
    note = '"Please ring twice,\nthe bell is quiet ""upstairs"""' if number % 97 == 0 else ""
    items = _items(product, lines, "fulfilled" if fulfilled else "pending")
    status_paid = _money_status(total, refunded, cancelled)
    keen = "yes" if customer % 2 else "no"
    first = (
        f"{order},{mail},{status_paid},{paid},{status},{shipped},{keen},EUR,{subtotal / 100:.2f},"
        f"{shipping / 100:.2f},{tax:.2f},{total / 100:.2f},,0.00,Standard,{at},{items[0]},{home},{home},{note},,{gone},"
        f"Shopify Payments,c{number},{refunded / 100:.2f},Hearth & Loom,0.00,,,,{_FIRST_ORDER_ID + number},,Low,web,"
        f"0.00,MwSt 19%,{tax:.2f},{',' * 16}\n"
    )
    blanks = "," * 55  # the 55 columns right of the line item
    return first + "".join(f"{order},{mail},,,,,,,,,,,,,,{at},{item}{blanks}\n" for item in items[1:])


def write_orders(path: Path, orders: Orders, calendar: Calendar) -> None:
    """Write the orders CSV: one row per line item, order fields on its first row only, local times with offset."""
    columns = (
        orders.created,
        orders.customer,
        orders.fulfilled,
        orders.cancelled,
        orders.lines,
        orders.product,
        orders.refunded,
    )
    with path.open("w", encoding="utf-8", newline="", buffering=1 << 20) as file:
        file.write(COLUMNS + "\n")
        for low in range(0, len(orders), _BLOCK):
            part = slice(low, low + _BLOCK)
            block = zip(*(column[part].tolist() for column in columns), strict=True)
            there = orders.exists[part].tolist()
            file.write("".join(_order_rows(low + n, row, calendar) for n, row in enumerate(block) if there[n]))


def _money(cents: int) -> dict[str, Any]:
    amount = {"amount": f"{cents / 100:.2f}", "currencyCode": "EUR"}
    return {"shopMoney": amount, "presentmentMoney": amount}


def _checkout(number: int, created: int, customer: int, completed: int, basket: tuple[int, int]) -> dict[str, Any]:
    product, lines = basket
    cents = total_cents(product, lines)
    subtotal = subtotal_cents(product, lines)
    street, city, postcode, country = address(customer)
    first, _, last = name(customer).partition(" ")
    home = {
        "address1": street,
        "city": city,
        "zip": postcode,
        "countryCodeV2": country,
        "firstName": first,
        "lastName": last,
    }
    items = [
        {
            "title": PRODUCTS[item][0],
            "quantity": quantity,
            "sku": f"HL-{item + 1:03d}",
            "originalUnitPriceSet": _money(PRODUCTS[item][1]),
        }
        for item, quantity in line_products(product, lines)
    ]
    return {
        "id": f"gid://shopify/AbandonedCheckout/{_FIRST_CHECKOUT_ID + number}",
        "name": f"#{_FIRST_CHECKOUT_ID + number}",
        "createdAt": iso(created),
        "updatedAt": iso(completed or created),
        "completedAt": iso(completed) if completed else None,
        "abandonedCheckoutUrl": f"https://hearthandloom.example/checkouts/ac/{number:x}/recover",
        "customer": {
            "id": f"gid://shopify/Customer/{FIRST_CUSTOMER_ID + customer}",
            "email": email(customer),
            "firstName": first,
            "lastName": last,
        },
        "lineItems": items,
        "subtotalPriceSet": _money(subtotal),
        "totalPriceSet": _money(cents),
        "totalDiscountSet": _money(0),
        "totalTaxSet": _money(round(cents * _VAT / (1 + _VAT))),
        "totalDutiesSet": None,
        "totalLineItemsPriceSet": _money(subtotal),
        "discountCodes": [],
        "note": "",
        "taxLines": [],
        "taxesIncluded": True,
        "billingAddress": home,
        "shippingAddress": home,
    }


def baskets(orders: Orders, checkouts: Checkouts) -> list[tuple[int, int]]:
    """(first product, number of lines) of each cart: those of its order, or its own where it has none."""
    own = zip(range(len(checkouts)), checkouts.order.tolist(), strict=True)
    return [
        (int(orders.product[order]), int(orders.lines[order]))
        if order >= 0
        else (place * 7 % len(PRODUCTS), 1 + place % 5 // 3)
        for place, order in own
    ]


def write_checkouts(path: Path, orders: Orders, checkouts: Checkouts) -> None:
    """Write the abandoned checkouts, oldest first; `completedAt` is set where the cart was won back."""
    columns = (checkouts.created, checkouts.customer, checkouts.completed)
    rows = zip(*(column.tolist() for column in columns), baskets(orders, checkouts), strict=True)
    with path.open("wb", buffering=1 << 20) as file:
        for number, (created, customer, completed, basket) in enumerate(rows):
            record = _checkout(number, created, customer, completed, basket)
            file.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
