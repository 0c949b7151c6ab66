"""Real logs end to end: edge counts and times against a directly-follows count that reads the files by itself."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from tests.transforms.conftest import take_through
from tests.transforms.published import Published, Row, approx
from tests.transforms.shop import HandmadeShop

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the public data of ../shared/data is not on this machine")


@dataclass(frozen=True)
class Log:
    """A file, and the titles of its columns."""

    path: str
    case: str
    activity: str
    end: str
    resource: str
    start: str | None = None
    time_format: str | None = None
    zone: str = "UTC"

    def frame(self) -> pl.DataFrame:
        """The rows of the file."""
        return pl.read_parquet(DATA / self.path)

    def instant(self, text: str) -> datetime:
        """A time of the file; one without an offset is of the log's zone."""
        at = datetime.strptime(text, self.time_format) if self.time_format else datetime.fromisoformat(text)  # noqa: DTZ007
        return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(self.zone))).astimezone(UTC)

    def mapping(self, name: str) -> Row:
        """Its entry in sources.yml."""
        columns = {"case": self.case, "activity": self.activity, "time": self.end, "resource": self.resource}
        return {
            "name": name,
            "columns": columns | ({"start": self.start} if self.start else {}),
            "time_zone": self.zone,
            "attributes": [],
            "workflow": "process",
        } | ({"time_format": self.time_format} if self.time_format else {})


LOGS = {
    "helpdesk": Log(
        "italian-helpdesk/helpdesk_full.parquet",
        "Case ID", "Activity", "Complete Timestamp", "Resource",
        time_format="%Y/%m/%d %H:%M:%S.%f", zone="Europe/Rome",
    ),
    "bpic": Log(
        "event-logs/real-life/BPIC_2012_W.parquet", "case_id", "activity", "end_time", "resource", "start_time"
    ),
    "academic": Log(
        "event-logs/real-life/AcademicCredentials.parquet", "case_id", "activity", "end_time", "resource", "start_time"
    ),
    "production": Log(
        "event-logs/real-life/Production.parquet",
        "case:concept:name", "concept:name", "time:timestamp", "org:resource", "start_timestamp",
    ),
}  # fmt: skip
Edges = dict[tuple[str, str], list[float]]


def directly_follows(log: Log) -> tuple[Edges, int]:
    """Minutes from completion to completion for every pair of neighbours, and the number of events."""
    cases: dict[str, list[tuple[datetime, int, str]]] = defaultdict(list)
    frame = log.frame()
    for number, (case, activity, end) in enumerate(frame.select(log.case, log.activity, log.end).iter_rows()):
        cases[case].append((log.instant(end), number, activity))
    edges: Edges = defaultdict(list)
    for events in cases.values():
        events.sort()
        for (before, _, one), (after, _, other) in zip(events, events[1:], strict=False):
            edges[one, other].append((after - before).total_seconds() / 60)
    return edges, frame.height


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """All logs in one shop, each a workflow of its own."""
    folder = tmp_path_factory.mktemp("logs")
    shop = HandmadeShop(folder / "shop")
    shop.toml = '[shop]\nname = "Logs"\ntime_zone = "UTC"\n'
    shop.sources = {"event_logs": [log.mapping(name) for name, log in LOGS.items()]}
    for name, log in LOGS.items():
        shop.flow(name)
        file = folder / f"{name}.parquet"
        log.frame().with_columns(pl.lit(name).alias("process")).write_parquet(file)
        shop.exports.append((file, f"event_log:{name}"))
    return take_through(shop)


@pytest.mark.parametrize("name", LOGS)
def test_edges_equal_an_independent_directly_follows_count(logs: Published, name: str) -> None:
    """Every pair of neighbours, how often, and the median time between the two completions."""
    expected, events = directly_follows(LOGS[name])
    rows = logs.rows("select * from workflow_edge where period = 'all' and workflow = ?", name)
    found = {(row["from_step"], row["to_step"]): row for row in rows}
    assert {pair: row["passage_count"] for pair, row in found.items()} == {
        pair: len(minutes) for pair, minutes in expected.items()
    }
    wrong = [
        pair
        for pair, minutes in expected.items()
        if found[pair]["elapsed_median_calendar_minutes"] != approx(median(minutes), abs=1e-6)
    ]
    assert wrong == []
    (row,) = logs.rows("select count(*) as n from fct_ticket_step where workflow = ?", name)
    assert row["n"] == events


@pytest.mark.parametrize("name", LOGS)
def test_every_log_has_a_ranking(logs: Published, name: str) -> None:
    """Also one whose cases nobody solves: hours of waiting can be spared, the KPI is unknown."""
    rows = logs.rows(
        "select * from workflow_bottleneck where period = 'all' and workflow = ? order by workflow_rank", name
    )
    saved = [row["hours_saved_per_week"] for row in rows if row["is_own"]]
    assert len(saved) > 3
    assert saved == sorted(saved, reverse=True)
