"""From the visits of the process pages to those of a simulated ticket: who waits for whom, and who has the ball.

A visit to a queue that a person ends by taking the ticket is the beginning of the visit in which the work is done. What
a rule or a bot moves on by itself is a delay, not a queue of anybody's.
"""

from __future__ import annotations

import polars as pl

from flowmeter.simulation_frames import ServiceFacts
from simulation.calibrate.people import LEAST_HELP
from simulation.calibrate.pools import with_pools
from simulation.parameters import OUTREACH

TEAM = ("assigned", "working", "escalated", "reopened", "activity")
ACTORS = {"customer": "customer", "hold": "hold", "bot": "bot", "resolved": "customer"}
_AT_CAP = 0.02
_FEW = 10
_VISITS_EACH, _ENOUGH = 5, 30


def simulated_visits(facts: ServiceFacts) -> pl.DataFrame:
    """One row per visit, by ticket and order.

    Columns: ticket_key, place (0 first), workflow, name, group, pool (null: a delay), is_work, is_resolved, actor,
    entered, started, left (null: goes on), work (minutes, null: unknown), is_first (nobody waited: the agent opened
    the ticket), is_given_up, agent, own (the ticket's agent before), replies, hands (how often they changed on the way
    in), channel, delay (minutes of waiting that no agent causes, null: unknown), billed (minutes that cost is reckoned
    by).
    """
    visits = _with_outreach(_picked_up(facts.visits), facts.tickets)
    visits = _begun(_named(_kinds(visits)))
    visits = _replied(_hands(with_pools(visits, facts.agents)), facts.replies)
    return visits.join(facts.tickets.select("ticket_key", "channel"), on="ticket_key", maintain_order="left")


def _picked_up(visits: pl.DataFrame) -> pl.DataFrame:
    """Queue visits that end by being taken are gone; what follows them began to wait when they did."""
    following = pl.col("step_kind").shift(-1).over("ticket_key")
    worked = (pl.col("work_minutes") > 0) & pl.col("started_at").is_not_null()
    marked = visits.with_columns(
        worked=worked.fill_null(value=False),
        taken=(
            (pl.col("step_kind") == "queue")
            & ~worked.fill_null(value=False)
            & (pl.col("ended_by") == "human")
            & following.is_in(TEAM)
        ).fill_null(value=False),
    )
    after = pl.col("taken").shift(1, fill_value=False).over("ticket_key")
    queue = pl.col("entered_at").shift(1).over("ticket_key")
    group = pl.col("group_name").shift(1).over("ticket_key")
    return marked.with_columns(
        was_taken=after,
        taken_at=pl.when(after).then("entered_at"),
        queue_step=pl.when(after).then(pl.col("step").shift(1).over("ticket_key")),
        entered_at=pl.when(after).then(queue).otherwise("entered_at"),
        group_name=pl.when(after).then(pl.coalesce(group, "group_name")).otherwise("group_name"),
    ).filter(~pl.col("taken"))


def _with_outreach(visits: pl.DataFrame, tickets: pl.DataFrame) -> pl.DataFrame:
    """A ticket that an agent opened and handed to the customer at once began with his work: it gets a visit."""
    opened = visits.join(tickets.filter("is_outreach").select("ticket_key"), on="ticket_key", how="semi").filter(
        (pl.col("visit_no") == 1) & pl.col("worked") & pl.col("step_kind").is_in(["customer", "hold", "resolved"])
    )
    added = opened.with_columns(
        visit_no=pl.lit(0, pl.Int32),
        step=pl.lit(OUTREACH),
        step_kind=pl.lit("working"),
        started_at="entered_at",
        left_at="entered_at",
    )
    return pl.concat([visits, added]).sort("ticket_key", "visit_no")


def _kinds(visits: pl.DataFrame) -> pl.DataFrame:
    """Whether a visit is work, and whether it was left unworked where others of its step are worked on."""
    is_queue, is_activity = pl.col("step_kind") == "queue", pl.col("step_kind") == "activity"
    by_itself = is_queue & ~pl.col("worked") & pl.col("ended_by").is_in(["rule", "bot", "customer"])
    given_up = (
        pl.col("step_kind").is_in(["queue", "assigned", "working", "escalated", "reopened"])
        & ~pl.col("worked")
        & pl.col("ended_by").is_in(["rule", "bot", "customer"])
    )
    step = ["workflow", "step", "group_name"]
    manned = (pl.col("agent_id").is_not_null() & pl.col("started_at").is_not_null()).mean().over(step) >= 0.5
    # Where nearly every visit has another person, these are customers: none of them is somebody's queue.
    visited = pl.len().over(step)
    manned &= (visited < _ENOUGH) | (visited >= _VISITS_EACH * pl.col("agent_id").n_unique().over(step))
    queue = ["workflow", pl.coalesce("queue_step", "step"), "group_name"]
    rare = by_itself.fill_null(value=False).mean().over(queue) < 0.5
    is_work = (
        pl.when(is_activity)
        .then(manned)
        .when(is_queue)
        .then(~by_itself.fill_null(value=False) | rare)
        .otherwise(pl.col("step_kind").is_in(TEAM))
    )
    return visits.with_columns(is_work=is_work).with_columns(
        is_given_up=given_up.fill_null(value=False) & pl.col("is_work")
    )


def _named(visits: pl.DataFrame) -> pl.DataFrame:
    """Names as on the process pages; a ticket still in a queue is called as those that have been taken from it."""
    usual = (
        visits.filter(pl.col("queue_step").is_not_null())
        .group_by("workflow", "queue_step", "step")
        .len()
        .sort("len", "step", descending=[True, False])
        .unique(["workflow", "queue_step"], keep="first")
        .select("workflow", step="queue_step", usual="step")
    )
    started = pl.coalesce("taken_at", "started_at")
    capped = _estimated_at_cap(visits)
    return visits.join(usual, on=["workflow", "step"], how="left", maintain_order="left").select(
        "ticket_key",
        "workflow",
        "is_work",
        "is_given_up",
        place=pl.int_range(pl.len()).over("ticket_key"),
        name=pl.when((pl.col("step_kind") == "queue") & ~pl.col("worked")).then(
            pl.coalesce("usual", "step")
        ).otherwise("step"),
        group=pl.col("group_name"),
        is_log=pl.col("step_kind") == "activity",
        is_resolved=pl.col("step_kind") == "resolved",
        actor=pl.when("is_work").then(pl.lit("human")).otherwise(
            pl.col("step_kind").replace_strict(ACTORS, default="timer")
        ),
        entered="entered_at",
        started=pl.when("is_work").then(pl.when(pl.col("worked") | pl.col("was_taken")).then(started)),
        left="left_at",
        work=pl.when(pl.col("is_work") & pl.col("worked") & ~capped).then(
            pl.when("was_taken").then((pl.col("left_at") - pl.col("taken_at")).dt.total_microseconds() / 6e7).otherwise(
                "work_minutes"
            )
        ),
        is_first=pl.col("is_work")
        & ~pl.col("was_taken")
        & (pl.col("started_at") <= pl.col("entered_at") + pl.duration(minutes=1))
        & (pl.int_range(pl.len()).over("ticket_key") == 0)
        & (pl.col("step_kind") != "activity")
        & (pl.col("step_kind") != "queue"),
        agent=pl.when("is_work").then("agent_id"),
        billed=pl.when("is_work").then("work_minutes"),
        queued=pl.col("was_taken") | (pl.col("step_kind") == "reopened"),
        handler="agent_id",
        delay=pl.when(pl.col("is_work") & (pl.col("step_kind") == "activity")).then("delay_minutes"),
    )  # fmt: skip


def _estimated_at_cap(visits: pl.DataFrame) -> pl.Expr:
    """Work estimated at the cap of a gap says only that its person came from elsewhere: how long it took is unknown."""
    estimated = visits.filter((pl.col("start_source") == "estimated") & pl.col("worked"))["work_minutes"]
    common = estimated.filter(estimated > (estimated.median() or 0.0)).value_counts(sort=True).head(1)
    if common.is_empty() or common["count"][0] < max(_AT_CAP * estimated.len(), _FEW):
        return pl.lit(value=False)
    capped: pl.Expr = (
        (pl.col("start_source") == "estimated") & ~pl.col("was_taken") & (pl.col("work_minutes") >= common.row(0)[0])
    )
    return capped


def _begun(visits: pl.DataFrame) -> pl.DataFrame:
    """Where how long the work took is unknown, it is taken to have begun as many minutes before its end as usual."""
    usual = pl.coalesce(pl.col("work").mean().over("workflow", "name"), pl.col("work").mean())
    unknown = pl.col("is_work") & pl.col("started").is_not_null() & pl.col("work").is_null()
    since = pl.col("left") - pl.duration(microseconds=(usual * 6e7).cast(pl.Int64))
    return visits.with_columns(
        started=pl.when(unknown & since.is_not_null())
        .then(pl.max_horizontal("entered", "started", since))
        .otherwise("started")
    )


def _hands(visits: pl.DataFrame) -> pl.DataFrame:
    """The ticket's own agent before each visit, and how often hands changed on the way in.

    Its own agent is who worked on it last; or who did before, if only that one does the work of this queue: from a
    lead who had to approve something, a ticket comes back to whom it came from. A ticket that first joins another
    group's queue, and is then taken by another agent, changes hands twice.
    """
    before = pl.col("handler").forward_fill().shift(1).over("ticket_key")
    group_before = pl.col("group").forward_fill().shift(1).over("ticket_key")
    agent = (pl.col("handler") != before).fill_null(value=False).cast(pl.Int32)
    group = (pl.col("group") != group_before).fill_null(value=False).cast(pl.Int32)
    now = pl.col("agent").forward_fill()
    other = pl.when(now != now.shift(1)).then(now.shift(1)).forward_fill()
    known = visits.group_by("agent", "pool").len().filter(pl.col("len") >= LEAST_HELP)
    does = known.select("pool", last="agent", does=True), known.select("pool", other="agent", did=True)
    return (
        visits.with_columns(
            last=now.shift(1).over("ticket_key"),
            other=other.shift(1).over("ticket_key"),
            hands=pl.when("queued").then(agent + group).otherwise(pl.max_horizontal(agent, group)),
        )
        .join(does[0], on=["last", "pool"], how="left", maintain_order="left")
        .join(does[1], on=["other", "pool"], how="left", maintain_order="left")
        .with_columns(own=pl.when(pl.col("does").is_null() & pl.col("did")).then("other").otherwise("last"))
        .drop("handler", "queued", "last", "other", "does", "did")
    )


def _replied(visits: pl.DataFrame, replies: pl.DataFrame) -> pl.DataFrame:
    """How many public answers by a person a visit holds: what ends a visit was written in it."""
    numbered = visits.with_row_index("row")
    found = replies.sort("happened_at").join_asof(
        numbered.select("ticket_key", "row", "entered").sort("entered"),
        left_on="happened_at",
        right_on="entered",
        by="ticket_key",
        allow_exact_matches=False,
        check_sortedness=False,
    )
    counts = found.group_by("row").agg(replies=pl.len())
    return (
        numbered.join(counts, on="row", how="left", maintain_order="left")
        .with_columns(pl.col("replies").fill_null(0))
        .drop("row")
    )
