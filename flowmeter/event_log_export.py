"""Event logs for process mining tools: XES (IEEE 1849-2016) and CSV, from a published file, row by row.

A case is a ticket. A row is a visit to a step (default) or one event of the ticket's history. In XES a visit is two
events, its start and its completion, of the same concept:instance; a visit that goes on has a start only. Reaching
the end is one instant, so a terminal step starts and completes in it.
"""

import contextlib
import csv
import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO, Literal

import duckdb

from flowmeter.periods import PERIOD_TICKETS, check_workflow
from flowmeter.warehouse import read

Form = Literal["xes", "csv"]
Row = tuple[Any, ...]

BATCH = 10_000
MEMORY = "400MB"
WRITTEN_AT_ONCE = 1 << 20  # characters

CASE = ("case_id", "workflow", "variant", "channel", "priority", "csat", "cost")
STEP = ("activity", "visit", "start_timestamp", "complete_timestamp", "work_started", "resource", "group")
EVENT = ("activity", "event", "start_timestamp", "complete_timestamp", "resource", "role", "from_value", "to_value")

CASE_TYPES = ("string", "string", "string", "string", "string", "boolean", "float")
XES_KEYS = {"resource": "org:resource", "group": "org:group", "role": "org:role"}
"""Keys of the organizational extension; other columns keep their name."""

FIRST_OF_ROW = len(CASE)
FIRST_OF_REST = FIRST_OF_ROW + 4  # behind activity, instance, start and completion


@dataclass(frozen=True)
class Selection:
    """What is exported: tickets of one workflow or of all, of a period; visits to steps, or single events."""

    workflow: str | None = None
    period: str = "all"
    events: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return (*CASE, *(EVENT if self.events else STEP))


@dataclass(frozen=True)
class Written:
    """`rows` of the mart (visits or events) of `cases` tickets."""

    rows: int
    cases: int


def export(path: Path, selection: Selection, form: Form, file: BinaryIO) -> Written:
    """Writes the log of a published file to `file`. Raises ValueError for a workflow that does not exist.

    Memory is bounded: the database sorts within MEMORY and spills to a temporary folder, rows come in batches. That
    limit holds for every connection of this process to the file: call it in a process of its own.
    """
    with (
        tempfile.TemporaryDirectory(prefix="flowmeter-") as spill,
        contextlib.closing(read(path)) as connection,
    ):
        connection.execute(f"set memory_limit = '{MEMORY}'").fetchall()
        connection.execute("set temp_directory = $folder", {"folder": spill}).fetchall()
        if selection.workflow is not None:
            check_workflow(connection, selection.workflow)
        header = _header(connection, selection) if form == "xes" else ""
        with _rows(connection, selection) as rows:
            return _write_csv(rows, selection, file) if form == "csv" else _write_xes(rows, selection, header, file)


@lru_cache(maxsize=50_000)
def readable(text: str) -> str:
    """The text with what no XML can hold replaced by a sign that is seen: control characters by their pictures."""
    return text.translate(_UNSEEN)


# Reading ---------------------------------------------------------------------------------------------------------

_INSTANT = "strftime({}, '%Y-%m-%dT%H:%M:%S.%g+00:00')"
_CASES = f"""
    select
        ticket_key, ticket_id as case_id, workflow, variant, channel, priority, csat_satisfied as csat,
        round(cost, 4)::double as cost
    from fct_ticket
    where is_counted and ticket_key in ({PERIOD_TICKETS})"""

_STEPS = f"""
    select
        cases.* exclude (ticket_key), step as activity, visit_no as visit,
        {_INSTANT.format("entered_at")} as start_timestamp,
        -- Only the end of a ticket has no duration.
        {_INSTANT.format("case when elapsed_calendar_minutes is null then entered_at else left_at end")}
            as complete_timestamp,
        {_INSTANT.format("started_at")} as work_started,
        agent_id as resource, group_name as "group"
    from fct_ticket_step
    inner join cases using (ticket_key)
    order by ticket_key, visit_no"""

_EVENTS = f"""
    select
        cases.* exclude (ticket_key),
        coalesce(
            activity,
            upper(left(kind, 1)) || substr(kind, 2)
            || coalesce(
                ': ' || case when kind = 'comment' then actor_kind when kind <> 'assignee' then to_value end, ''
            )
        ) as activity,
        event_id as event, null as start_timestamp, {_INSTANT.format("happened_at")} as complete_timestamp,
        actor_id as resource, actor_kind as role, from_value, to_value
    from fct_ticket_event
    inner join cases using (ticket_key)
    order by ticket_key, happened_at, update_id, kind_order, event_id"""


@contextlib.contextmanager
def _rows(connection: duckdb.DuckDBPyConnection, selection: Selection) -> Iterator[Iterator[Row]]:
    """The rows with the columns of the selection, in order of case and time, fetched a batch at a time."""
    query = f"with cases as ({_CASES}) {_EVENTS if selection.events else _STEPS}"
    bound = {"workflow": selection.workflow, "period": selection.period}
    result = connection.execute(query, bound)
    found = tuple(str(column[0]) for column in result.description or ())
    if found != selection.columns:
        raise AssertionError(f"columns {found}, expected {selection.columns}")
    yield (row for batch in iter(lambda: result.fetchmany(BATCH), []) for row in batch)


# CSV -------------------------------------------------------------------------------------------------------------


def _write_csv(rows: Iterator[Row], selection: Selection, file: BinaryIO) -> Written:
    """One line per row of the mart. Unknown values are empty, truth is written true and false."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
    writer = csv.writer(text, lineterminator="\n")
    columns = [name for name in selection.columns if not (selection.events and name == "start_timestamp")]
    kept = [selection.columns.index(name) for name in columns]
    writer.writerow(columns)
    count = cases = 0
    last = None
    for row in rows:
        count += 1
        cases += row[0] != last
        last = row[0]
        writer.writerow([_cell(row[place]) for place in kept])
    text.flush()
    text.detach()  # else it would close the file, which is the caller's
    return Written(count, cases)


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return readable(value) if isinstance(value, str) else value


# XES -------------------------------------------------------------------------------------------------------------

_EXTENSIONS = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
)
_CLASSIFIERS = (("Activity", "concept:name"), ("Activity and transition", "concept:name lifecycle:transition"))

_UNSEEN: dict[int, int] = {
    **{code: 0x2400 + code for code in range(0x20) if code not in {0x09, 0x0A, 0x0D}},
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), 0xFFFD),
    0xFFFE: 0xFFFD,
    0xFFFF: 0xFFFD,
}
_ESCAPED: dict[int, int | str] = {
    **_UNSEEN,
    **{ord(sign): name for sign, name in {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}.items()},
    **{code: f"&#{code};" for code in (0x09, 0x0A, 0x0D)},  # a reader turns them into blanks otherwise
}


@lru_cache(maxsize=50_000)
def _escaped(text: str) -> str:
    return text.translate(_ESCAPED)


def _attribute(kind: str, key: str, value: object) -> str:
    """One attribute as a line of XML (some readers go by lines); nothing for an unknown value."""
    if value is None:
        return ""
    shown = _escaped(value) if isinstance(value, str) else str(value).lower()
    return f'<{kind} key="{_escaped(key)}" value="{shown}"/>\n'


def _header(connection: duckdb.DuckDBPyConnection, selection: Selection) -> str:
    """Everything before the first trace."""
    shop, snapshot, currency = connection.execute(
        f"select shop_name, {_INSTANT.format('snapshot_at')}, currency from snapshot"
    ).fetchall()[0]
    return "".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>\n',
            '<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">\n',
            *(f'<extension name="{name}" prefix="{prefix}" uri="{uri}"/>\n' for name, prefix, uri in _EXTENSIONS),
            '<global scope="trace"><string key="concept:name" value="UNKNOWN"/></global>\n',
            '<global scope="event"><string key="concept:name" value="UNKNOWN"/>',
            '<date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>',
            '<string key="lifecycle:transition" value="complete"/></global>\n',
            *(f'<classifier name="{name}" keys="{keys}"/>\n' for name, keys in _CLASSIFIERS),
            _attribute("string", "concept:name", f"{shop}: {selection.workflow or 'all workflows'}"),
            _attribute("string", "lifecycle:model", "standard"),
            _attribute("string", "currency", currency),
            _attribute("string", "period", selection.period),
            _attribute("date", "snapshot", snapshot),
        ]
    )


def _write_xes(rows: Iterator[Row], selection: Selection, header: str, file: BinaryIO) -> Written:
    """One trace per ticket. No more than a ticket and about a megabyte of text is held."""
    pending, size, count, cases = [header], 0, 0, 0
    rest = _rest_writer(selection)
    for _, group in groupby(rows, key=lambda row: row[0]):
        visits = list(group)
        trace = _trace(visits, rest)
        cases += 1
        count += len(visits)
        size += len(trace)
        pending.append(trace)
        if size >= WRITTEN_AT_ONCE:
            file.write("".join(pending).encode())
            pending, size = [], 0
    file.write("".join([*pending, "</log>\n"]).encode())
    return Written(count, cases)


def _trace(rows: Sequence[Row], rest: Callable[[Row, bool], str]) -> str:
    """A ticket with its events in order of time; in one instant, a visit's completion comes before the next start."""
    keys = ("concept:name", *CASE[1:])
    parts = ["<trace>\n", *map(_attribute, CASE_TYPES, keys, rows[0])]
    events: list[tuple[str, int, bool, str]] = []
    for number, row in enumerate(rows):
        activity, instance, start, complete = row[FIRST_OF_ROW:FIRST_OF_REST]
        head = (
            f'<event>\n<string key="concept:name" value="{_escaped(activity or "UNKNOWN")}"/>\n'
            f'<string key="concept:instance" value="{instance}"/>\n'
        )
        for instant, is_complete in ((start, False), (complete, True)):
            if instant is not None:
                tail = rest(row, is_complete)
                word = "complete" if is_complete else "start"
                text = (
                    f'{head}<date key="time:timestamp" value="{instant}"/>\n'
                    f'<string key="lifecycle:transition" value="{word}"/>\n{tail}</event>\n'
                )
                events.append((instant, number, is_complete, text))
    events.sort()
    return "".join([*parts, *(event[-1] for event in events), "</trace>\n"])


def _rest_writer(selection: Selection) -> Callable[[Row, bool], str]:
    """What writes the attributes behind the four that every event has; when work began is told at the start only."""
    columns = selection.columns[FIRST_OF_REST:]
    places = [
        (FIRST_OF_REST + place, "date" if name == "work_started" else "string", XES_KEYS.get(name, name))
        for place, name in enumerate(columns)
    ]

    def rest(row: Row, is_complete: bool) -> str:
        return "".join(
            _attribute(kind, key, row[place]) for place, kind, key in places if kind == "string" or not is_complete
        )

    return rest
