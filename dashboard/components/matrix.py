"""From group to group: how many tickets were handed over, darker for more. HTML, so that it is read and printed."""

from __future__ import annotations

from html import escape

import polars as pl

MOST_GROUPS = 12


def matrix_html(rows: pl.DataFrame) -> str:
    """Rows with the columns of group_handoff: giving groups down, taking groups across, the busiest first."""
    busiest = _busiest(rows)
    shown = {(row["from_group"], row["to_group"]): row for row in rows.to_dicts()}
    most = max((row["ticket_count"] for row in shown.values()), default=1)
    givers = [group for group in busiest if any((group, other) in shown for other in busiest)]
    takers = [group for group in busiest if any((other, group) in shown for other in busiest)]
    head = "".join(f'<th scope="col">{escape(group)}</th>' for group in takers)
    cells = {giver: "".join(_cell(shown.get((giver, taker)), most) for taker in takers) for giver in givers}
    body = "".join(f'<tr><th scope="row">{escape(giver)}</th>{cells[giver]}</tr>' for giver in givers)
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Hand-offs between groups"><table class="matrix">'
        f'<thead><tr><th scope="col">From ↓ to →</th>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def left_out(rows: pl.DataFrame) -> int:
    """How many groups have no row or column, because there are too many."""
    return max(0, len(_groups(rows)) - MOST_GROUPS)


def _busiest(rows: pl.DataFrame) -> list[str]:
    return _groups(rows)[:MOST_GROUPS]


def _groups(rows: pl.DataFrame) -> list[str]:
    both = pl.concat(
        [rows.select(pl.col(column).alias("name"), "ticket_count") for column in ("from_group", "to_group")]
    )
    ordered = (
        both.group_by("name").agg(pl.col("ticket_count").sum()).sort("ticket_count", "name", descending=[True, False])
    )
    return ordered["name"].to_list()


def _cell(row: dict[str, object] | None, most: int) -> str:
    if row is None:
        return '<td class="muted">·</td>'
    count, back = int(str(row["ticket_count"])), int(str(row["back_count"]))
    silent = int(str(row["unanswered_count"]))
    tip = f"{row['from_group']} to {row['to_group']}: {count:,} tickets, {silent:,} passages unanswered, {back:,} back"
    shade = round(8 + 42 * count / most)
    mark = f"<small>{back:,} back</small>" if back else ""
    style = f"background:color-mix(in srgb, var(--accent) {shade}%, transparent)"
    return f'<td style="{style}" title="{escape(tip)}">{count:,}{mark}</td>'
