"""Two real logs through the generic path, against an independent count straight from the files, row by row."""

from __future__ import annotations

import itertools
import statistics
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from tests.oracle.stats import quantile
from tests.transforms.conftest import take_through
from tests.transforms.published import Published, approx
from tests.transforms.shop import HandmadeShop

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
CONTACTS = DATA / "ecommerce-csat" / "csat_20pct_sample.parquet"
HELPDESK = DATA / "italian-helpdesk" / "helpdesk_full.parquet"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the public data of ../shared/data is not on this machine")

BERLIN, ROME = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/Rome")
MINUTE = timedelta(minutes=1)
CONTACT_LOG = {
    "name": "contacts",
    "columns": {"case": "Unique id", "resource": "Agent_name"},
    "events": [
        {"activity": "reported", "time": "Issue_reported at", "meaning": "created"},
        {"activity": "responded", "time": "issue_responded", "meaning": "reply"},
    ],
    "time_format": "%d/%m/%Y %H:%M",
    "time_zone": "Europe/Berlin",
    "attributes": ["category", "channel_name", "CSAT Score", "Survey_response_Date"],
    "channel": "channel_name",
    "csat": {"score": "CSAT Score", "answered_at": "Survey_response_Date", "scale_max": 5},
}
MEANINGS = {
    "Insert ticket": "created",
    "Assign seriousness": "other",
    "Take in charge ticket": "assigned",
    "Wait": "pending",
    "Require upgrade": "hold",
    "Resolve ticket": "solved",
    "Closed": "closed",
}
HELPDESK_LOG = {
    "name": "helpdesk",
    "columns": {
        "case": "Case ID",
        "activity": "Activity",
        "time": "Complete Timestamp",
        "resource": "Resource",
    },
    "time_format": "%Y/%m/%d %H:%M:%S.%f",
    "time_zone": "Europe/Rome",
    "meanings": MEANINGS,
    "attributes": ["seriousness_2"],
}


@dataclass(frozen=True)
class Contact:
    """A row of the contacts file: hours are the wall's, all in August and so without a change of clock."""

    category: str
    reported: datetime
    responded: datetime
    answered: date
    score: int

    @property
    def reply_minutes(self) -> float | None:
        """Unknown where the file has the answer before the question."""
        minutes = (self.responded - self.reported) / MINUTE
        return minutes if minutes >= 0 else None


def slug(category: str) -> str:
    """A workflow key for a category."""
    return "".join(sign if sign.isalnum() else "_" for sign in category.lower())


def monday(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


@pytest.fixture(scope="module")
def contacts() -> dict[str, Contact]:
    """The contacts file, row by row."""
    wall = "%d/%m/%Y %H:%M"
    return {
        row["Unique id"]: Contact(
            row["category"],
            datetime.strptime(row["Issue_reported at"], wall).replace(tzinfo=BERLIN),
            datetime.strptime(row["issue_responded"], wall).replace(tzinfo=BERLIN),
            datetime.strptime(row["Survey_response_Date"], "%d-%b-%y").replace(tzinfo=BERLIN).date(),
            int(row["CSAT Score"]),
        )
        for row in pl.read_parquet(CONTACTS).iter_rows(named=True)
    }


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, contacts: dict[str, Contact]) -> Published:
    """Both logs in one shop."""
    shop = HandmadeShop(tmp_path_factory.mktemp("real") / "shop")
    shop.toml = '[shop]\nname = "Real"\ntime_zone = "Europe/Berlin"\n'
    for category in sorted({contact.category for contact in contacts.values()}):
        key = slug(category)
        shop.flows[key] = {"key": key, "name": category, "rules": [{"field": {"category": category}}]}
    shop.sources = {"event_logs": [CONTACT_LOG, HELPDESK_LOG]}
    shop.exports = [(CONTACTS, "event_log:contacts"), (HELPDESK, "event_log:helpdesk")]
    return take_through(shop)


@pytest.fixture(scope="module")
def contact_rows(real: Published) -> dict[str, dict[str, object]]:
    """The published tickets of the contacts file."""
    return {row["source_ticket_id"]: row for row in real.rows("select * from fct_ticket where source = 'contacts'")}


def test_every_contact_is_a_ticket_of_its_category(
    contacts: dict[str, Contact], contact_rows: dict[str, dict[str, object]]
) -> None:
    """17,182 rows, none lost, each in the workflow that its attribute selects."""
    assert len(contact_rows) == len(contacts) == 17_182
    assert {key: row["workflow"] for key, row in contact_rows.items()} == {
        key: slug(contact.category) for key, contact in contacts.items()
    }


def test_response_time_and_score_row_by_row(
    contacts: dict[str, Contact], contact_rows: dict[str, dict[str, object]]
) -> None:
    """Minutes from reported to responded, the score, and whether it satisfies (4 or 5 of 5)."""
    wrong = [
        key
        for key, contact in contacts.items()
        if (
            contact_rows[key]["first_reply_calendar_minutes"],
            contact_rows[key]["csat_score"],
            contact_rows[key]["csat_satisfied"],
        )
        != (contact.reply_minutes, contact.score, contact.score >= 4)
    ]
    assert wrong == []


def test_answers_before_the_question_are_reported(real: Published, contacts: dict[str, Contact]) -> None:
    """635 rows are listed, and in no average."""
    early = {key for key, contact in contacts.items() if contact.reply_minutes is None}
    listed = real.rows(
        "select source_ticket_id from reconciliation join fct_ticket using (ticket_key)"
        " where check_name = 'replied_before_created'"
    )
    assert len(early) == len(listed) == 635
    assert {row["source_ticket_id"] for row in listed} == early


def test_kpis_by_category_and_week(real: Published, contacts: dict[str, Contact]) -> None:
    """CSAT by the week of the answer, first reply by the week of the report."""
    scores: dict[tuple[date, str], list[bool]] = defaultdict(list)
    hours: dict[tuple[date, str], list[float]] = defaultdict(list)
    for contact in contacts.values():
        for flow in (slug(contact.category), "all"):
            scores[monday(contact.answered), flow].append(contact.score >= 4)
            if contact.reply_minutes is not None:
                hours[monday(contact.reported.date()), flow].append(contact.reply_minutes / 60)
    expected = {("csat", *cell): (sum(found) / len(found), len(found)) for cell, found in scores.items()}
    for name, share in (("median", 0.5), ("p90", 0.9)):
        metric = f"first_reply_{name}_calendar_hours"
        expected |= {(metric, *cell): (quantile(found, share) or 0.0, len(found)) for cell, found in hours.items()}
    rows = real.rows(
        "select * from kpi_week where variant = 'all' and channel = 'all' and n > 0 and week >= '2023-07-01'"
        " and metric in ('csat', 'first_reply_median_calendar_hours', 'first_reply_p90_calendar_hours')"
    )
    found = {(row["metric"], row["week"], row["workflow"]): (row["value"], row["n"]) for row in rows}
    assert found.keys() == expected.keys()
    assert [key for key, number in expected.items() if found[key] != (approx(number[0]), number[1])] == []


@dataclass(frozen=True)
class Case:
    """What the help desk's log says of one case, in the order of the file."""

    created: datetime
    resolved: datetime | None
    first_resolved: datetime | None
    reopens: int
    handoffs: int


def read_case(rows: list[dict[str, str]]) -> Case:
    """Resolved by 'Resolve ticket' or 'Closed'; a ticket taken in charge, waiting or upgraded is open again."""
    done, first, last, reopens, handoffs, holder = False, None, None, 0, 0, ""
    for row in rows:
        meaning, at = MEANINGS.get(row["Activity"], "other"), instant(row)
        if meaning in ("solved", "closed"):
            if not done:
                done, last, first = True, at, first or at
        elif meaning in ("created", "assigned", "pending", "hold"):
            reopens += done
            done = False
        if meaning == "assigned":
            handoffs += holder not in ("", row["Resource"])
            holder = row["Resource"]
    inserted = [instant(row) for row in rows if MEANINGS.get(row["Activity"]) == "created"]
    return Case(min(inserted or [instant(rows[0])]), last if done else None, first, reopens, handoffs)


def instant(row: dict[str, str]) -> datetime:
    """When an event of the help desk's log was completed; the zone is a choice of the mapping."""
    at = datetime.strptime(row["Complete Timestamp"], "%Y/%m/%d %H:%M:%S.%f").replace(tzinfo=ROME)
    return at.astimezone(UTC)


@pytest.fixture(scope="module")
def cases() -> dict[str, Case]:
    """The help desk's cases, counted independently."""
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in pl.read_parquet(HELPDESK).iter_rows(named=True):
        rows[row["Case ID"]].append(row)
    return {case: read_case(found) for case, found in rows.items()}


@pytest.fixture(scope="module")
def case_rows(real: Published) -> dict[str, dict[str, object]]:
    """The published tickets of the help desk's log."""
    return {row["source_ticket_id"]: row for row in real.rows("select * from fct_ticket where source = 'helpdesk'")}


def test_every_case_and_event_is_there(real: Published, case_rows: dict[str, dict[str, object]]) -> None:
    """4,580 tickets, 21,348 events."""
    (batch,) = real.rows("select * from load_batch where source = 'event_log:helpdesk'")
    assert (len(case_rows), batch["read"], batch["loaded"]) == (4_580, 21_348, 21_348)
    (events,) = real.rows(
        "select count(*) as n from fct_ticket_event join fct_ticket using (ticket_key)"
        " where source = 'helpdesk' and kind = 'activity'"
    )
    assert events["n"] == 21_348


def minutes_to(case: Case, end: datetime | None) -> float | None:
    """Minutes from creation."""
    return None if end is None else (end - case.created) / MINUTE


def differing(cases: dict[str, Case], found: Iterator[tuple[str, object, object]]) -> list[tuple[str, object, object]]:
    """The cases whose two figures differ: (case, published, counted)."""
    wrong = []
    for case, published, counted in found:
        same = published is counted if None in (published, counted) else published == approx(counted)  # type: ignore[arg-type]
        if not same:
            wrong.append((case, published, counted))
    assert cases
    return wrong


def test_resolution_is_to_resolve_ticket_not_to_the_timers_closed(
    cases: dict[str, Case], case_rows: dict[str, dict[str, object]]
) -> None:
    """First and last resolution in minutes, case by case; the close 30 days later moves neither."""
    for column, end in (("first_resolution", "first_resolved"), ("resolution", "resolved")):
        figures = (
            (key, case_rows[key][f"{column}_calendar_minutes"], minutes_to(case, getattr(case, end)))
            for key, case in cases.items()
        )
        assert differing(cases, figures) == []


def test_reopenings_and_handoffs_equal_an_independent_count(
    cases: dict[str, Case], case_rows: dict[str, dict[str, object]]
) -> None:
    """Taken in charge after it was resolved; taken in charge by another than before."""
    reopens = ((key, case_rows[key]["reopen_count"], case.reopens) for key, case in cases.items())
    assert differing(cases, reopens) == []
    handoffs = ((key, case_rows[key]["handoff_count"], case.handoffs) for key, case in cases.items())
    assert differing(cases, handoffs) == []
    assert sum(case.reopens for case in cases.values()) > 0
    assert statistics.fmean(case.handoffs for case in cases.values()) > 0


def test_process_mining_tools_see_the_help_desk_as_its_own_file_has_it(real: Published, tmp_path: Path) -> None:
    """Passages by PM4Py from our event log, against passages counted in the file that came in."""
    import pm4py

    log = tmp_path / "log.xes.gz"
    arguments = ["export", "event-log", "--workflow", "unclassified", "--output", str(log), "--home", str(real.root)]
    subprocess.run([str(Path(sys.executable).with_name("flowmeter")), *arguments], check=True, capture_output=True)
    frame = pm4py.read_xes(str(log), variant="iterparse", show_progress_bar=False)
    ours = frame[(frame["lifecycle:transition"] == "complete") & ~frame["case:concept:name"].str.startswith("contacts")]
    follows, _, _ = pm4py.discover_dfg(ours)

    cases: dict[str, list[tuple[str, int, str]]] = defaultdict(list)
    for number, row in enumerate(pl.read_parquet(HELPDESK).iter_rows(named=True)):
        cases[row["Case ID"]].append((row["Complete Timestamp"], number, row["Activity"]))
    activities = [[activity for *_, activity in sorted(case)] for case in cases.values()]
    assert ours["case:concept:name"].nunique() == len(cases)
    assert follows == Counter(pair for case in activities for pair in itertools.pairwise(case))
