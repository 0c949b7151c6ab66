"""Published numbers beside those of the second route."""

from __future__ import annotations

import math
from collections import defaultdict

import duckdb

from tests.oracle.numbers import Number, Numbers

SHOWN = 20
PER_ORDER = ("contact_rate", "wismo_per_1000_orders")


def published_numbers(con: duckdb.DuckDBPyConnection) -> Numbers:
    """Every number of kpi_week over all variants and channels."""
    rows = con.sql(
        "select week, workflow, metric, value, n from kpi_week where variant = 'all' and channel = 'all'"
    ).fetchall()
    return {(week, workflow, metric): (value, n) for week, workflow, metric, value, n in rows}


def is_same(one: Number, other: Number) -> bool:
    """Equal n, and values equal to 1e-9 relative or both unknown."""
    if one[1] != other[1]:
        return False
    if one[0] is None or other[0] is None:
        return one[0] is other[0]
    return math.isclose(one[0], other[0], rel_tol=1e-9, abs_tol=1e-12)


def differences(published: Numbers, expected: Numbers) -> str:
    """How many cells of each metric differ, and the first of them; empty where none does.

    A cell that is not published passes for one that rests on nothing, or where nobody contacted the shop.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for cell in sorted(expected.keys() | published.keys()):
        theirs, ours = published.get(cell, (None, 0)), expected.get(cell, (None, 0))
        is_nothing = ours[1] == 0 or (cell[2] in PER_ORDER and ours[0] == 0)
        is_absent = cell not in published and is_nothing
        if not is_same(theirs, ours) and not is_absent:
            week, workflow, metric = cell
            found[metric].append(f"{week} {workflow}: published {theirs}, second route {ours}")
    parts = []
    for metric, lines in sorted(found.items()):
        parts.append(f"{metric}: {len(lines)} differ")
        parts.extend(f"    {line}" for line in lines[:SHOWN])
    return "\n".join(parts)
