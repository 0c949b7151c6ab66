"""Queues: which people take the same work."""

from __future__ import annotations

import polars as pl

from simulation.parameters import AT_ONCE

_OWN_PEOPLE = 0.1
_ENOUGH = 20


def with_pools(visits: pl.DataFrame, agents: pl.DataFrame) -> pl.DataFrame:
    """The visits with `pool`: the group's, or the step's own where others do it than what else the group does.

    Where no group is known, every step is a queue. Work begun as its ticket was opened (a call) waits in no queue:
    it has a pool of its own, which goes before all others.
    """
    bots = agents.filter(pl.col("kind") == "bot")["agent_id"].implode()
    visits = visits.with_columns(
        is_work=pl.col("is_work") & ~(pl.col("is_log") & pl.col("agent").is_in(bots).fill_null(value=False))
    )
    apart = _with_people_of_their_own(visits)
    plain = pl.coalesce("group", "name")
    return visits.join(apart, on=["name", "group"], how="left", maintain_order="left").with_columns(
        pool=pl.when("is_work").then(
            pl.when("is_first").then(plain + AT_ONCE).when("is_apart").then("name").otherwise(plain)
        )
    ).drop("is_apart")  # fmt: skip


def _with_people_of_their_own(visits: pl.DataFrame) -> pl.DataFrame:
    """Steps of a group whose people share less than a tenth with those of the group's other steps.

    The group's most frequent step is what the group does.
    """
    done = visits.filter(pl.col("is_work") & pl.col("agent").is_not_null() & pl.col("group").is_not_null())
    counts = done.group_by("group", "name", "agent").len()
    whole = counts.group_by("group", "agent").agg(whole=pl.col("len").sum())
    shares = counts.join(whole, on=["group", "agent"]).with_columns(
        here=pl.col("len") / pl.col("len").sum().over("group", "name"), others=pl.col("whole") - pl.col("len")
    )
    steps = shares.group_by("group", "name").agg(n=pl.col("len").sum())
    total = done.group_by("group").agg(total=pl.len())
    overlap = (
        shares.join(total, on="group")
        .with_columns(n=pl.col("len").sum().over("group", "name"))
        .with_columns(there=pl.col("others") / (pl.col("total") - pl.col("n")))
        .group_by("group", "name")
        .agg(overlap=pl.min_horizontal("here", "there").sum(), rest=(pl.col("total") - pl.col("n")).first())
    )
    largest = steps.sort("n", "name", descending=[True, False]).unique("group", keep="first")
    return (
        steps.join(overlap, on=["group", "name"])
        .join(largest, on=["group", "name"], how="anti")
        .filter((pl.col("n") >= _ENOUGH) & (pl.col("rest") >= _ENOUGH) & (pl.col("overlap") < _OWN_PEOPLE))
        .select("name", "group", is_apart=pl.lit(value=True))
    )
