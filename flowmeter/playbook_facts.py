"""What a playbook of a workflow says, as frames from a published file."""

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from flowmeter.periods import PERIOD_TICKETS, check_workflow
from flowmeter.warehouse import read

PATHS = 3


@dataclass(frozen=True)
class PlaybookFacts:
    """`heading` has workflow, name, description, shop, currency, snapshot_at (UTC), period (its label), tickets.

    `steps` and `edges` are the rows of workflow_step (with `position`, the mean number of a ticket's first visit) and
    workflow_edge; `groups` (step, group_name, visits) and `macros` (step, macro, visits) say in how many visits to a
    step a group had the ticket and a macro was used; `paths` (steps, tickets) are the most frequent ways.
    """

    heading: dict[str, Any]
    steps: pl.DataFrame
    edges: pl.DataFrame
    groups: pl.DataFrame
    macros: pl.DataFrame
    paths: pl.DataFrame


def playbook_facts(path: Path, workflow: str, period: str) -> PlaybookFacts:
    """The facts of one workflow in one period. Raises ValueError for a workflow that does not exist."""
    bound = {"workflow": workflow, "period": period}
    with contextlib.closing(read(path)) as connection:
        check_workflow(connection, workflow)
        heading = _frame(connection, _HEADING, bound).to_dicts()[0]
        return PlaybookFacts(
            heading,
            **{
                name: _frame(connection, f"with visits as ({_VISITS}) {query}", bound)
                for name, query in _QUERIES.items()
            },
        )


_VISITS = f"select * from fct_ticket_step where ticket_key in ({PERIOD_TICKETS})"

_HEADING = f"""
    select
        workflow, name, description, shop_name as shop, currency, snapshot_at,
        (select label from process_period where period = $period) as period,
        (select count(*) from ({PERIOD_TICKETS})) as tickets
    from dim_workflow
    cross join snapshot
    where workflow = $workflow"""

_QUERIES = {
    "steps": """
        , firsts as (select step, min(visit_no) as visit_no from visits group by ticket_key, step),
        positions as (select step, avg(visit_no) as position from firsts group by step)
        select workflow_step.*, positions.position
        from workflow_step
        left join positions using (step)
        where period = $period and workflow = $workflow
        order by positions.position, step""",
    "edges": """
        select * from workflow_edge
        where period = $period and workflow = $workflow
        order by from_step, passage_count desc, to_step""",
    "groups": """
        select step, group_name, count(*) as visits from visits group by step, group_name
        order by step, visits desc, group_name""",
    # A macro is used in the visit that it finds the ticket in and often ends: that visit began before it. In the
    # instant of a ticket's creation it belongs to the first.
    "macros": """
        , uses as (
            select ticket_key, happened_at, name from fct_automation_run
            where kind = 'macro' and ticket_key in (select ticket_key from visits)
        ),
        placed as (
            select uses.ticket_key, uses.name as macro, coalesce(found.visit_no, 1) as visit_no
            from uses
            asof left join visits as found
                on uses.ticket_key = found.ticket_key and uses.happened_at > found.entered_at
        )
        select visits.step, placed.macro, count(distinct (placed.ticket_key, placed.visit_no)) as visits
        from placed
        inner join visits using (ticket_key, visit_no)
        group by visits.step, placed.macro
        order by visits.step, visits desc, placed.macro""",
    "paths": f"""
        , paths as (select list(step order by visit_no) as steps from visits group by ticket_key)
        select steps, count(*) as tickets from paths group by steps order by tickets desc, steps limit {PATHS}""",
}


def _frame(connection: duckdb.DuckDBPyConnection, query: str, bound: dict[str, str]) -> pl.DataFrame:
    frame: pl.DataFrame = connection.sql(query, params=bound).pl()
    return frame
