"""Shopify: the orders CSV, and abandoned checkouts as the GraphQL or the older REST interface gives them."""

import re
from dataclasses import dataclass

import dataframely as dy
import polars as pl

from flowmeter.errors import SourceError
from ingest.part import Form, Part, plain_title
from ingest.source import COUNT, MONEY, OFFSET_TIME, Context, Field, Kind, Reading, Rule, Staged, Table
from ingest.sql import literal

_AGAIN = "Export it again; the other rows are loaded already."
_PERSONAL = re.compile(
    r"^(email|phone|notes?|noteattributes|billing.*|shipping(?!$|method$).*|employee|location|paymentreferences?)$"
)
_ADDRESSES = frozenset(
    (
        "email", "phone", "customer", "name", "firstName", "lastName", "displayName", "first_name", "last_name",
        "billingAddress", "shippingAddress", "billing_address", "shipping_address", "note", "abandonedCheckoutUrl",
        "abandoned_checkout_url", "token", "cart_token",
    )
)  # fmt: skip


# Orders ----------------------------------------------------------------------------------------------------------


class OrderRow(Staged):
    order_name = dy.String(nullable=False)
    order_created_at = dy.Datetime(nullable=False)


_ORDER_RULES = {
    "order_name|nullability": Rule("missing_name", "Name", "the order's name such as #1001", _AGAIN),
    "order_created_at|nullability": Rule("missing_created_at", "Created at", "a time on a row of the order", _AGAIN),
}
_TIMES = {
    "created_at": "Created at",
    "paid_at": "Paid at",
    "fulfilled_at": "Fulfilled at",
    "cancelled_at": "Cancelled at",
}
_TEXTS = {
    "financial_status": "Financial Status",
    "fulfillment_status": "Fulfillment Status",
    "currency": "Currency",
    "discount_code": "Discount Code",
    "source_name": "Source",
    "tags": "Tags",
    "item_name": "Lineitem name",
    "item_sku": "Lineitem sku",
    "item_fulfillment_status": "Lineitem fulfillment status",
}
_AMOUNTS = {
    "subtotal": "Subtotal",
    "shipping": "Shipping",
    "taxes": "Taxes",
    "total": "Total",
    "discount_amount": "Discount Amount",
    "refunded_amount": "Refunded Amount",
    "item_price": "Lineitem price",
}
_ORDER_COLUMNS = (
    "order_name, order_id, email_hash, phone_hash, created_at, paid_at, fulfilled_at, cancelled_at, "
    "financial_status, fulfillment_status, currency, subtotal, shipping, taxes, total, discount_amount, "
    "refunded_amount, discount_code, source_name, tags, country, item_quantity, item_name, item_sku, item_price, "
    "item_fulfillment_status"
)


@dataclass(frozen=True)
class Orders:
    """One row per line item; order fields stand on the order's first row, and are kept as they stand."""

    name: str = "shopify_order"
    needs: str = "the columns Name, Created at, Financial Status, Lineitem name"

    def knows(self, part: Part) -> bool:
        return {"lineitemname", "financialstatus"} <= {plain_title(title) for title in part.header}

    def reading(self, part: Part, context: Context) -> Reading:
        _require(part, ("Name", "Created at", "Financial Status", "Lineitem name"), self.name)
        zone = context.config.sources.shopify.time_zone
        email, phone = part.column("Email"), part.column("Phone")
        country = [column for title in ("Shipping Country", "Billing Country") if (column := part.column(title))]
        return Reading(
            source=self.name,
            relation=part.relation(),
            fields=_order_fields(part, zone),
            extra={
                "email_hash": f"hashed({email})" if email else "null::varchar",
                "phone_hash": f"hashed(plain({phone}))" if phone else "null::varchar",
                "order_id": f"plain({part.column('Id')})" if part.column("Id") else "null::varchar",
                "country": f"coalesce({', '.join(f'filled({each})' for each in country)})"
                if country
                else "null::varchar",
            },
            tables=(Table("shopify_order_line", f"select ordinal, {_ORDER_COLUMNS} from good"),),
            judged={"order_created_at": "max(created_at) over (partition by order_name)"},
            contract=OrderRow,
            rules=_ORDER_RULES,
            key="order_name",
            last_at="greatest(created_at, paid_at, fulfilled_at, cancelled_at)",
            whole_by="order_name",
            settings=zone or "",
            personal=frozenset(title for title in part.header if _PERSONAL.match(plain_title(title))),
        )


def _order_fields(part: Part, zone: str | None) -> tuple[Field, ...]:
    time = OFFSET_TIME
    if zone:
        time = Kind(f"zoned_instant({{x}}, {literal(zone)})", time.rule, time.expected, time.remedy)
    fields = [Field("order_name", part.column("Name") or "", label="Name")]
    for titles, kind in ((_TIMES, time), (_AMOUNTS, MONEY), ({"item_quantity": "Lineitem quantity"}, COUNT)):
        fields += [_order_field(part, column, title, kind) for column, title in titles.items()]
    fields += [_order_field(part, column, title, None) for column, title in _TEXTS.items()]
    return tuple(fields)


def _order_field(part: Part, column: str, title: str, kind: Kind | None) -> Field:
    """A column that this export may lack reads as blank."""
    raw = part.column(title) or "null::varchar"
    return Field(column, raw, label=title) if kind is None else Field(column, raw, kind, title)


def _require(part: Part, titles: tuple[str, ...], source: str) -> None:
    missing = [title for title in titles if part.column(title) is None]
    if missing:
        raise SourceError(
            f"the file cannot be {source}, it lacks columns", part.label, expected=", ".join(titles),
            found=", ".join(part.header[:12]) or part.form.value,
            next_step="Choose another --source, or export all columns",
        )  # fmt: skip


# Abandoned checkouts ---------------------------------------------------------------------------------------------


class CheckoutRow(Staged):
    """A checkout, or a line item that names its checkout (`parent_id`)."""

    checkout_id = dy.String(nullable=True)
    created_at = dy.Datetime(nullable=True)
    parent_id = dy.String(nullable=True)
    orphan_of = dy.String(nullable=True, check=lambda column: column.is_null())

    @dy.rule()
    def has_id(cls) -> pl.Expr:  # noqa: N805
        return pl.col("checkout_id").is_not_null() | pl.col("parent_id").is_not_null()

    @dy.rule()
    def has_created_at(cls) -> pl.Expr:  # noqa: N805
        return pl.col("created_at").is_not_null() | pl.col("parent_id").is_not_null()


_CHECKOUT_RULES = {
    "has_id": Rule("missing_id", "id", "the checkout's id", _AGAIN),
    "has_created_at": Rule("missing_created_at", "createdAt", "the time at which it was made", _AGAIN),
    "orphan_of|check": Rule("item_without_checkout", "__parentId", "the id of a checkout of this file", _AGAIN),
}
_MONEY = "STRUCT(shopMoney STRUCT(amount VARCHAR, currencyCode VARCHAR))"
_CHECKOUT_TYPES = {
    **dict.fromkeys(
        (
            "id",
            "name",
            "createdAt",
            "updatedAt",
            "completedAt",
            "created_at",
            "updated_at",
            "completed_at",
            "email",
            "currency",
            "total_price",
            "line_items",
            "lineItems",
            "__parentId",
            "quantity",
        ),
        "VARCHAR",
    ),
    "customer": "STRUCT(id VARCHAR, email VARCHAR)",
    "totalPriceSet": _MONEY,
}
_IDS = "select checkout_id from stage where checkout_id is not null"
_QUANTITIES = "coalesce(lineItems, line_items)"


@dataclass(frozen=True)
class Checkouts:
    """One record per checkout. In a bulk file its items are lines of their own, which belong to it."""

    name: str = "shopify_checkout"
    needs: str = "id, createdAt, totalPriceSet (or created_at, total_price)"

    def knows(self, part: Part) -> bool:
        graphql = bool({"abandonedCheckoutUrl"} & part.keys) or part.first_id.startswith(
            "gid://shopify/AbandonedCheckout/"
        )
        return part.form is Form.LINES and (graphql or "abandoned_checkout_url" in part.keys)

    def reading(self, part: Part, context: Context) -> Reading:  # noqa: ARG002 - nothing is set for checkouts
        if part.form is not Form.LINES:
            raise SourceError(
                "abandoned checkouts are read from JSON", part.label, expected=self.needs, found=part.form.value,
                next_step="Export them over Shopify's API (abandonedCheckouts)",
            )  # fmt: skip
        return Reading(
            source=self.name,
            relation=part.relation(_CHECKOUT_TYPES),
            fields=(
                Field("checkout_id", "id"),
                Field("checkout_name", "name"),
                Field("customer_id", "customer.id"),
                *(
                    Field(f"{each}_at", f"coalesce({each}At, {each}_at)", OFFSET_TIME, f"{each}At")
                    for each in ("created", "updated", "completed")
                ),
                Field("currency", "coalesce(totalPriceSet.shopMoney.currencyCode, currency)"),
                Field("total", "coalesce(totalPriceSet.shopMoney.amount, total_price)", MONEY, "totalPriceSet"),
            ),
            extra={
                "email_hash": "hashed(coalesce(customer.email, email))",
                "parent_id": "__parentId",
                "item_count": _ITEM_COUNT,
            },
            tables=(Table("shopify_checkout", _CHECKOUT_SELECT),),
            judged={"orphan_of": f"case when parent_id not in ({_IDS}) then parent_id end"},
            contract=CheckoutRow,
            rules=_CHECKOUT_RULES,
            key="checkout_id",
            last_at="updated_at",
            empty="parent_id is not null",
            personal=_ADDRESSES,
        )


_ITEM_COUNT = f"""coalesce(
    try_cast(list_sum(try_cast(coalesce(
        nullif({_QUANTITIES} -> '$.nodes[*].quantity', '[]'),
        nullif({_QUANTITIES} -> '$.edges[*].node.quantity', '[]'),
        {_QUANTITIES} -> '$[*].quantity') as integer[])) as integer),
    try_cast(quantity as integer))"""

_CHECKOUT_SELECT = """
    select ordinal, checkout_id, checkout_name, customer_id, email_hash, created_at, updated_at, completed_at, currency,
        total, coalesce(item_count, lines.items)
    from good left join (
        select parent_id as checkout_id, sum(coalesce(item_count, 1))::integer as items from good group by parent_id
    ) as lines using (checkout_id)
    where parent_id is null"""

SOURCES = (Orders(), Checkouts())
