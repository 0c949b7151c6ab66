"""A published file whose compared workflow has any number of tickets, multiplied from a real one's."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from flowmeter import warehouse
from flowmeter.settings import Home

WORKFLOW = "order_updates"
JITTERED = (
    "first_reply_calendar_minutes", "first_reply_business_minutes", "first_resolution_calendar_minutes",
    "resolution_calendar_minutes", "resolution_business_minutes", "cost",
)  # fmt: skip
"""What is hardly ever the same in two tickets of a real shop: every copy's differs by up to a third from the first."""


def multiply(source: Path, home: Home, tickets: int) -> Path:
    """Publishes in `home` a copy of the published file `source` in which WORKFLOW has `tickets` tickets.

    They are copies of those created while all variants ran, so that a comparison by variant is of all of them; older
    ones are left out. Each copy has its own customers, so that these write as often as before, and was created up to a
    day earlier. Only fct_ticket grows. Returns the new file's path.
    """
    home.warehouse.mkdir(parents=True, exist_ok=True)
    target = home.warehouse / warehouse.published_name(warehouse.new_build_id())
    shutil.copyfile(source, target)
    with duckdb.connect(str(target)) as con:
        con.execute(_query(con, tickets))
        con.execute("drop table fct_ticket")
        con.execute("alter table grown rename to fct_ticket")
    home.current.unlink(missing_ok=True)
    home.current.symlink_to(target.name)
    return target


def _query(con: duckdb.DuckDBPyConnection, tickets: int) -> str:
    compared = f"""from fct_ticket where workflow = '{WORKFLOW}' and is_counted and created_at >= (
        select max(first) from (
            select min(created_at) as first from fct_ticket
            where workflow = '{WORKFLOW}' and is_counted and variant is not null group by variant
        ))"""
    many = con.execute(f"select count(*) {compared}").fetchall()[0][0]
    factors = ", ".join(
        f"round({name} * (2 + (hash(ticket_key, copy, '{name}') % 1000) / 500) / 3, 4) as {name}" for name in JITTERED
    )
    return f"""
        create table grown as
        with compared as (select * {compared}),
        copied as (
            select compared.*, copy from compared, range({-(-tickets // many)}) as copies(copy)
            order by copy, ticket_key limit {tickets}
        )
        select * exclude (copy) replace (
            ticket_key + (copy + 1) * 1_000_000_000 as ticket_key,
            customer_id || '-' || copy as customer_id,
            created_at - to_seconds((hash(ticket_key, copy) % 86400)::integer) as created_at,
            {factors}
        ) from copied
        union all by name
        select * from fct_ticket where not coalesce(workflow = '{WORKFLOW}' and is_counted, false)"""
