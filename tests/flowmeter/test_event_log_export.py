"""The event log, read back by PM4Py (which shares no code with the writer) and compared with the mart."""

from __future__ import annotations

import csv
import gzip
import html
import io
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flowmeter import warehouse
from flowmeter.cli import main
from flowmeter.errors import ExitCode
from flowmeter.event_log_export import Form, Selection, export, readable
from flowmeter.settings import Home
from tests.flowmeter.process_file import HOSTILE, make

XES = "{http://www.xes-standard.org/}"
READERS = ("iterparse", "line_by_line", "chunk_regex")
"""PM4Py's own default, an XML parser, and its two that go by lines and by patterns."""


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return make(tmp_path / "warehouse.duckdb")


@pytest.fixture
def shop(home: Home) -> Home:
    """A shop folder that has published the small file."""
    home.warehouse.mkdir(parents=True)
    home.current.symlink_to(make(home.warehouse / "warehouse-1.duckdb").name)
    return home


def written(path: Path, form: Form = "xes", **selected: Any) -> bytes:
    file = io.BytesIO()
    export(path, Selection(**selected), form, file)
    return file.getvalue()


def read_by_pm4py(path: Path, reader: str = "iterparse") -> Any:
    """The events as a table. Readers that do not parse XML leave its entities in the texts."""
    import pm4py

    frame = pm4py.read_xes(str(path), variant=reader, show_progress_bar=False)
    unread = html.unescape if reader != "iterparse" else str
    return frame.map(lambda value: unread(value) if isinstance(value, str) else value)


def visits(path: Path, workflow: str = "%") -> list[tuple[Any, ...]]:
    with warehouse.read(path) as connection:
        return connection.execute(
            """select ticket_id, visit_no, step, entered_at,
                case when elapsed_calendar_minutes is null then entered_at else left_at end,
                visits.agent_id, visits.group_name,
                next_step
            from fct_ticket_step as visits inner join fct_ticket using (ticket_key)
            where fct_ticket.workflow like $workflow order by ticket_key, visit_no""",
            {"workflow": workflow},
        ).fetchall()


def seen(frame: Any, transition: str) -> Counter[tuple[Any, ...]]:
    """Case, visit, activity, instant, resource and group of every event of one transition, to the millisecond."""
    rows = frame[frame["lifecycle:transition"] == transition]
    columns = ["case:concept:name", "concept:instance", "concept:name", "time:timestamp", "org:resource", "org:group"]
    return Counter(
        (
            case,
            int(visit),
            step,
            at.isoformat(timespec="milliseconds"),
            *(v if isinstance(v, str) else None for v in who),
        )
        for case, visit, step, at, *who in rows[columns].itertuples(index=False)
    )


def expected(path: Path, place: int) -> Counter[tuple[Any, ...]]:
    return Counter(
        (
            row[0],
            row[1],
            readable(row[2]),
            row[place].isoformat(timespec="milliseconds") + "+00:00",
            row[5],
            row[6] and readable(row[6]),
        )
        for row in visits(path)
        if row[place] is not None
    )


def assert_same_log(log: Path, path: Path, reader: str = "iterparse") -> None:
    import pm4py

    frame = read_by_pm4py(log, reader)
    assert seen(frame, "start") == expected(path, 3)
    assert seen(frame, "complete") == expected(path, 4)
    starts = frame[frame["lifecycle:transition"] == "start"]
    follows, _, _ = pm4py.discover_dfg(starts)
    assert follows == Counter((readable(row[2]), readable(row[7])) for row in visits(path) if row[7] is not None)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", ["log.xes", "log.xes.gz"])
def test_an_independent_reader_finds_the_visits_of_the_mart(
    published: Path, tmp_path: Path, name: str, reader: str
) -> None:
    text = written(published)
    log = tmp_path / name
    log.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    assert_same_log(log, published, reader)
    frame = read_by_pm4py(log, reader)
    tickets = frame.groupby("case:concept:name").first()
    assert tickets["case:workflow"].to_dict() == {"z-1": "returns", "z-2": "returns", "z-3": "chat"}
    assert tickets.loc["z-1", "case:cost"] == 4.25
    assert tickets.loc["z-1", "case:csat"] == False  # noqa: E712 - a numpy truth value, not None
    assert tickets.loc["z-3", "case:priority"] == "low"


def test_an_independent_reader_finds_the_visits_of_the_demo_shop(
    demo_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log.xes.gz"
    assert main.run(["export", "event-log", "--output", str(log), "--home", str(demo_home)]) == 0
    path = (demo_home / "data/warehouse/current").resolve()
    assert f"Wrote {len(visits(path)):,} visits to steps" in capsys.readouterr().err
    assert_same_log(log, path)


def test_what_goes_on_has_a_start_only_and_the_end_of_a_ticket_is_one_instant(published: Path) -> None:
    traces = ET.fromstring(written(published, workflow="returns")).findall(f"{XES}trace")  # noqa: S314 - our own text
    told = [
        [
            tuple(
                event.find(f"{XES}*[@key='{key}']").get("value")  # type: ignore[union-attr]
                for key in ("concept:name", "lifecycle:transition", "time:timestamp")
            )
            for event in trace.findall(f"{XES}event")
        ]
        for trace in traces
    ]
    assert told[0][-2:] == [
        ("Resolved", "start", "2026-11-02T11:00:00.000+00:00"),
        ("Resolved", "complete", "2026-11-02T11:00:00.000+00:00"),
    ]
    assert told[1] == [
        ("Queue: Returns", "start", "2026-11-22T08:00:00.000+00:00"),
        ("Queue: Returns", "complete", "2026-11-22T08:00:00.000+00:00"),
        ("Working: Returns", "start", "2026-11-22T08:00:00.000+00:00"),
    ]


def test_events_of_overlapping_activities_are_in_order_of_time(published: Path) -> None:
    (trace,) = ET.fromstring(written(published, workflow="chat")).findall(f"{XES}trace")  # noqa: S314
    instants = [date.get("value") or "" for date in trace.iterfind(f"{XES}event/{XES}date[@key='time:timestamp']")]
    assert [instant[11:16] for instant in instants] == ["09:00", "09:30", "09:45", "10:00"]


def test_the_log_is_built_as_the_standard_orders_it(published: Path) -> None:
    """Extensions, globals, classifiers, attributes, traces; every key's prefix declared; globals on each event."""
    log = ET.fromstring(written(published))  # noqa: S314
    order = ["extension", "global", "classifier", "string", "date", "trace"]
    places = [order.index(child.tag.removeprefix(XES)) for child in log]
    assert places == sorted(places)
    assert log.get("xes.version") == "1849.2016"
    declared = {extension.get("prefix") for extension in log.findall(f"{XES}extension")}
    keys = {str(element.get("key")) for element in log.iter() if element.get("key")}
    assert {key.split(":")[0] for key in keys if ":" in key} <= declared
    mandatory = {element.get("key") for element in log.findall(f"{XES}global[@scope='event']/*")}
    for event in log.iter(f"{XES}event"):
        own = [element.get("key") for element in event]
        assert mandatory <= set(own)
        assert len(own) == len(set(own))
    begun = [event for event in log.iter(f"{XES}event") if event.find(f"{XES}*[@key='work_started']") is not None]
    assert len(begun) == 1  # told with the start of the one visit in which somebody worked


def test_hostile_texts_survive_or_are_replaced_by_a_sign_that_is_seen(published: Path) -> None:
    shown = HOSTILE.replace("\x07", "␇").replace("\x00", "␀").replace("\x1b", "␛")
    (trace,) = ET.fromstring(written(published, workflow="chat")).findall(f"{XES}trace")  # noqa: S314
    assert trace.find(f"{XES}event/{XES}string[@key='concept:name']").get("value") == shown  # type: ignore[union-attr]
    rows = list(csv.DictReader(io.StringIO(written(published, "csv", workflow="chat").decode())))
    assert rows[0]["activity"] == shown


def test_csv_has_a_line_per_visit(published: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(written(published, "csv", workflow="returns").decode())))
    assert len(rows) == 5
    assert rows[1] == {
        "case_id": "z-1",
        "workflow": "returns",
        "variant": "",
        "channel": "email",
        "priority": "high",
        "csat": "false",
        "cost": "4.25",
        "activity": "Working: Returns",
        "visit": "2",
        "start_timestamp": "2026-11-02T10:00:00.000+00:00",
        "complete_timestamp": "2026-11-02T11:00:00.000+00:00",
        "work_started": "2026-11-02T10:55:00.125+00:00",
        "resource": "agent-7",
        "group": "Returns",
    }
    assert rows[-1]["complete_timestamp"] == ""


def test_single_events_are_those_of_counted_tickets_in_their_order(published: Path, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(written(published, "csv", events=True).decode())))
    shown = [(row["case_id"], row["activity"][:15]) for row in rows]
    assert shown == [("z-1", "Created"), ("z-1", "Macro: He said "), ("z-1", "Status: solved"), ("z-3", "Pack it")]
    assert "start_timestamp" not in rows[0]
    log = tmp_path / "log.xes"
    log.write_bytes(written(published, events=True))
    frame = read_by_pm4py(log)
    assert list(frame["org:role"]) == ["customer", "human", "human", "human"]
    assert set(frame["lifecycle:transition"]) == {"complete"}


def test_a_quarter_holds_what_was_resolved_in_it_or_is_open(published: Path) -> None:
    rows = csv.DictReader(io.StringIO(written(published, "csv", period="quarter").decode()))
    assert {row["case_id"] for row in rows} == {"z-1", "z-2"}


def run(shop: Home, *arguments: str | Path) -> int:
    return main.run(["export", "event-log", *map(str, arguments), "--home", str(shop.root)])


def test_a_file_that_is_there_is_replaced_only_by_force(
    shop: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log.csv"
    log.write_text("mine", encoding="utf-8")
    assert run(shop, "--output", log) == ExitCode.USAGE
    assert "--force" in capsys.readouterr().err
    assert log.read_text(encoding="utf-8") == "mine"
    assert run(shop, "--output", log, "--force") == ExitCode.OK
    assert "Wrote 7 visits to steps of 3 tickets" in capsys.readouterr().err
    assert len(log.read_text(encoding="utf-8").splitlines()) >= 8


def test_what_breaks_off_leaves_no_half_file(shop: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("flowmeter.event_log_export._trace", broken)
    folder = tmp_path / "out"
    folder.mkdir()
    assert run(shop, "--output", folder / "log.xes.gz") == ExitCode.INTERRUPTED
    assert list(folder.iterdir()) == []


def test_stdout_is_the_log_and_nothing_else(shop: Home, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(shop, "--output", "-") == ExitCode.OK
    sys.stdout.flush()
    assert len(ET.fromstring(capfdbinary.readouterr().out).findall(f"{XES}trace")) == 3  # noqa: S314


def test_a_reader_of_stdout_that_has_seen_enough_is_no_fault(demo_home: Path) -> None:
    command = [Path(sys.executable).with_name("flowmeter"), "export", "event-log", "--output", "-"]
    with subprocess.Popen(
        [*map(str, command), "--home", str(demo_home)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline().startswith("<?xml")
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait() == ExitCode.OK


@pytest.mark.parametrize("wrong", [["--workflow", "retruns"], ["--output", "no/such/folder.xes"]])
def test_mistakes_are_said_and_nothing_is_written(
    shop: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: list[str]
) -> None:
    log = tmp_path / "log.xes"
    assert run(shop, "--output", log, *wrong) == ExitCode.USAGE
    assert "Did you mean 'returns'?" in (said := capsys.readouterr().err) or "there is no such folder" in said
    assert not log.exists()


def test_more_rows_than_a_batch_holds_are_written_once_each(published: Path, tmp_path: Path) -> None:
    many = tmp_path / "many.duckdb"
    many.write_bytes(published.read_bytes())
    with duckdb.connect(str(many)) as connection:
        connection.execute("""insert into fct_ticket_step by name
            select 1 as ticket_key, 3 + i as visit_no, 'returns' as workflow, 'Step' as step,
                timestamp '2026-11-03' as entered_at, timestamp '2026-11-03' as left_at, 0 as elapsed_calendar_minutes
            from range(1, 25001) t(i)""").fetchall()
    rows = list(csv.DictReader(io.StringIO(written(many, "csv", workflow="returns").decode())))
    assert [int(row["visit"]) for row in rows if row["case_id"] == "z-1"] == list(range(1, 25_004))
