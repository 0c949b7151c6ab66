"""A small published file with the process marts, made by hand: what the exports are tested on."""

from __future__ import annotations

import contextlib
from pathlib import Path

import duckdb

HOSTILE = 'He said "5 < 6 & 7 > 3",\n\ta bell \x07, \x00 nothing, \x1b[0m, 🎉 ünïcödé ]]> ' + "long " * 60
"""Quotes, markup, control characters, an emoji, more than 300 characters."""

TABLES = """
create table snapshot as select
    timestamp '2026-11-22 12:00' as snapshot_at, 'Hearth & <Loom>' as shop_name, 'EUR' as currency;
create table dim_workflow as from (values ('returns', 'Returns', 'Refunds.', 1), ('chat', 'Chat', '', 2))
    t(workflow, name, description, position);
create table process_period as from (values
    ('all', 'All data', timestamp '2026-01-01', timestamp '2026-11-22 12:00'),
    ('quarter', 'Last 13 weeks', timestamp '2026-08-23 12:00', timestamp '2026-11-22 12:00'))
    t(period, label, from_at, to_at);

create table fct_ticket as from (values
    (1, 'z-1', 'returns', null, 'email', 'high', 'closed', true, false, 4.25, timestamp '2026-11-02 11:00'),
    (2, 'z-2', 'returns', 'b', 'chat', null, 'open', true, null, null, null),
    (3, 'z-3', 'chat', null, 'chat', 'low', 'solved', true, true, 0.1, timestamp '2026-03-01 10:00'),
    (4, 'z-4', 'returns', null, 'email', null, 'closed', false, null, null, timestamp '2026-11-02 11:00'))
    t(ticket_key, ticket_id, workflow, variant, channel, priority, status, is_counted, csat_satisfied, cost,
      resolved_at);
create table period_ticket as from (values
    ('all', 1, 'returns'), ('all', 2, 'returns'), ('all', 3, 'chat'), ('quarter', 1, 'returns'),
    ('quarter', 2, 'returns')) t(period, ticket_key, workflow);

create table fct_ticket_step (
    ticket_key bigint, visit_no int, workflow varchar, step varchar, step_kind varchar, entered_at timestamp,
    started_at timestamp, left_at timestamp, elapsed_calendar_minutes double, agent_id varchar, group_name varchar,
    next_step varchar);
insert into fct_ticket_step values
    (1, 1, 'returns', 'Queue: Returns', 'queue', '2026-11-02 09:00', null, '2026-11-02 10:00', 60, null, 'Returns',
     'Working: Returns'),
    (1, 2, 'returns', 'Working: Returns', 'working', '2026-11-02 10:00', '2026-11-02 10:55:00.125',
     '2026-11-02 11:00', 60, 'agent-7', 'Returns', 'Resolved'),
    (1, 3, 'returns', 'Resolved', 'resolved', '2026-11-02 11:00', null, null, null, 'agent-7', 'Returns', null),
    (2, 1, 'returns', 'Queue: Returns', 'queue', '2026-11-22 08:00', null, '2026-11-22 08:00', 0, null, 'Returns',
     'Working: Returns'),
    (2, 2, 'returns', 'Working: Returns', 'working', '2026-11-22 08:00', null, null, 240, 'agent-8', 'Returns', null),
    (3, 1, 'chat', $hostile, 'activity', '2026-03-01 09:00', null, '2026-03-01 10:00', 60, 'agent-7', $hostile, 'End'),
    (3, 2, 'chat', 'End', 'activity', '2026-03-01 09:30', null, '2026-03-01 09:45', 15, 'agent-7', 'Chat', null);

create table fct_ticket_event as from (values
    (1, 1, 1, timestamp '2026-11-02 09:00', 'created', 1, null, null, 'customer', 'c-1', null),
    (1, 3, 2, timestamp '2026-11-02 11:00', 'status', 3, 'open', 'solved', 'human', 'agent-7', null),
    (1, 2, 2, timestamp '2026-11-02 11:00', 'macro', 2, null, $hostile, 'human', 'agent-7', null),
    (3, 1, 1, timestamp '2026-03-01 09:00', 'activity', 1, null, null, 'human', 'agent-7', 'Pack it'),
    (4, 1, 1, timestamp '2026-11-02 09:00', 'created', 1, null, null, 'customer', 'c-1', null))
    t(ticket_key, event_id, update_id, happened_at, kind, kind_order, from_value, to_value, actor_kind, actor_id,
      activity);

create table fct_automation_run as from (values
    (1, 9, timestamp '2026-11-02 10:00', 'macro', 'Take it'), (1, 10, timestamp '2026-11-02 10:30', 'macro', 'Ask'),
    (1, 11, timestamp '2026-11-02 10:40', 'macro', 'Ask'), (1, 12, timestamp '2026-11-02 11:00', 'macro', 'Done'),
    (1, 13, timestamp '2026-11-02 10:30', 'rule', 'Remind'), (2, 9, timestamp '2026-11-22 08:00', 'macro', 'Hello'),
    (3, 9, timestamp '2026-03-01 09:40', 'macro', 'Pack'))
    t(ticket_key, run_id, happened_at, kind, name);

create table workflow_step as from (values
    ('quarter', 'returns', 'Working: Returns', 'working', 2), ('quarter', 'returns', 'Queue: Returns', 'queue', 2),
    ('quarter', 'returns', 'Resolved', 'resolved', 1), ('all', 'returns', 'Queue: Returns', 'queue', 2),
    ('all', 'chat', 'End', 'activity', 1))
    t(period, workflow, step, step_kind, visit_count);
create table workflow_edge as from (values
    ('quarter', 'returns', 'Queue: Returns', 'Working: Returns', 2),
    ('quarter', 'returns', 'Working: Returns', 'Resolved', 1), ('all', 'chat', 'Pack', 'End', 1))
    t(period, workflow, from_step, to_step, passage_count);
"""


def make(path: Path) -> Path:
    """The file, written anew."""
    with contextlib.closing(duckdb.connect(str(path))) as connection:
        for statement in filter(str.strip, TABLES.split(";")):
            bound = {"hostile": HOSTILE} if "$hostile" in statement else {}
            connection.execute(statement, bound).fetchall()
    return path
