"""What drove a change of the whole: the parts themselves, or how much of each part there was.

A mean or share of the whole is sum(weight x value of the part). Its change splits exactly into a rate effect (the
part's own value moved) and a mix effect (the part's share of volume moved): Kitagawa 1955, JASA 50.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

MOST = 2
# A part that explains no more of a change than its own size is no cause: then everything moved alike.
OUT_OF_PROPORTION = 1.25
TOLERANCE = 0.2


@dataclass(frozen=True)
class Driver:
    """The part behind most of a change: its own value moved ('rate') or its share of the volume did ('mix')."""

    workflow: str
    kind: str
    effect: float
    share_before: float
    share_now: float


def contributions(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Rate and mix effect per workflow. Both frames: workflow, value, n (one row per part).

    Returns workflow, rate, mix, share_before, share_now; rate + mix over all rows is the change of the weighted mean.
    Parts without a value on both sides are left out.
    """
    both = before.join(now, on="workflow", suffix="_now").drop_nulls(["value", "value_now"])
    both = both.with_columns(
        (pl.col("n") / pl.col("n").sum()).alias("share_before"),
        (pl.col("n_now") / pl.col("n_now").sum()).alias("share_now"),
    )
    whole = ((pl.col("share_before") * pl.col("value")).sum() + (pl.col("share_now") * pl.col("value_now")).sum()) / 2
    rate = (pl.col("value_now") - pl.col("value")) * (pl.col("share_before") + pl.col("share_now")) / 2
    mix = (pl.col("share_now") - pl.col("share_before")) * ((pl.col("value") + pl.col("value_now")) / 2 - whole)
    return both.select("workflow", rate.alias("rate"), mix.alias("mix"), "share_before", "share_now")


def drivers(before: pl.DataFrame, now: pl.DataFrame, delta: float, least: float = 0.5) -> tuple[Driver, ...]:
    """The fewest effects, at most MOST, that explain at least `least` of `delta`, and more than their parts' own size.

    A metric whose parts do not add up to the whole within a fifth of the change (a median, say) has no drivers. The
    fifth is for the weeks before: they are averaged part by part, so that their mix is not exactly the whole's.
    """
    parts = contributions(before, now)
    if delta == 0 or parts.is_empty():
        return ()
    total = float(parts.select(pl.col("rate").sum() + pl.col("mix").sum()).item())
    if abs(total - delta) > TOLERANCE * abs(delta):
        return ()
    return _fewest(parts, delta, least)


def count_drivers(before: pl.DataFrame, now: pl.DataFrame, delta: float, least: float = 0.5) -> tuple[Driver, ...]:
    """As `drivers`, for a count: its parts' own changes add up, and there is no mix."""
    both = before.join(now, on="workflow", suffix="_now").drop_nulls(["value", "value_now"])
    parts = both.select(
        "workflow",
        (pl.col("value_now") - pl.col("value")).alias("rate"),
        pl.lit(0.0).alias("mix"),
        (pl.col("value") / pl.col("value").sum()).fill_nan(0.0).alias("share_before"),
        (pl.col("value_now") / pl.col("value_now").sum()).fill_nan(0.0).alias("share_now"),
    )
    return () if delta == 0 or parts.is_empty() else _fewest(parts, delta, least)


def _fewest(parts: pl.DataFrame, delta: float, least: float) -> tuple[Driver, ...]:
    long = parts.unpivot(
        ["rate", "mix"], index=["workflow", "share_before", "share_now"], variable_name="kind", value_name="effect"
    )
    same_way = long.filter(pl.col("effect") * delta > 0).sort(
        pl.col("effect").abs(), "workflow", descending=[True, False]
    )
    top = [Driver(**row) for row in same_way.head(MOST).select(list(Driver.__dataclass_fields__)).to_dicts()]
    for used in range(1, len(top) + 1):
        explained = abs(sum(cause.effect for cause in top[:used]) / delta)
        size = sum({cause.workflow: cause.share_before for cause in top[:used]}.values())
        if explained >= max(least, OUT_OF_PROPORTION * size):
            return tuple(top[:used])
    return ()
