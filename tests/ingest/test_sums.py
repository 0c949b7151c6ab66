"""read = loaded + quarantined + already known, however a file is damaged."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ingest.conftest import Shop
from tests.ingest.records import audit, ticket

LINES = [json.dumps(ticket(number)) for number in range(1, 7)]
FILLED = st.sampled_from(
    ["", "   ", "\t", "{", "}", "[]", "null", "5", '"x"', "\x00", "{}", '{"id": 3}', '{"id": "x"}']
)
SOME = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """JSON lines of tickets, some cut, some changed in one sign, some replaced."""
    found = []
    for line in draw(st.lists(st.sampled_from(LINES), min_size=1, max_size=8)):
        position = draw(st.integers(0, len(line) - 1))
        changed = line[:position] + draw(st.sampled_from('"{}[]:,x0\\')) + line[position + 1 :]
        found.append(draw(st.sampled_from([line, line, line[:position], changed, draw(FILLED)])))
    return "\n".join([LINES[0], *found])


@SOME
@given(first=damaged(), second=damaged())
def test_the_sums_hold_for_damaged_lines(first: str, second: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shop = Shop(Path(folder))
        for name, content in (("1.jsonl", first), ("2.jsonl", second)):
            batch = shop.load_one(shop.write(name, content))
            assert batch.read == sum(1 for line in content.split("\n") if line.strip(" \t\r\n"))
            if not batch.already:
                held = "select count(*) from zendesk_ticket where batch_no = " + str(batch.batch_no)
                assert shop.rows(held) == [(batch.loaded,)]
        lines = shop.rows("select file, line, raw from quarantine")
        for file, line, raw in lines:
            text = (first if file == "1.jsonl" else second).split("\n")[line - 1]
            assert text.strip()
            assert raw[:1] == text.strip("\r")[:1] or "\x00" in text


@SOME
@given(rows=st.lists(st.text(alphabet='12,;"\n x', min_size=0, max_size=12), max_size=8))
def test_the_sums_hold_for_damaged_tables(rows: list[str]) -> None:
    survey = {
        "name": "s", "kind": "ces", "columns": {"ticket": "id", "answered_at": "at", "score": "score"},
        "time_zone": "UTC", "scale_min": 1, "scale_max": 7,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        shop = Shop(Path(folder), sources={"surveys": [survey]})
        good = "7,2026-01-01,5\n"
        batch = shop.load_one(shop.write("s.csv", "id,at,score\n" + good + "\n".join(rows) + "\n" + good))
        assert shop.rows("select count(*) from survey_answer") == [(batch.loaded,)]
        assert shop.rows("select count(*) from quarantine") == [(batch.quarantined,)]


def test_an_export_of_audits_in_which_every_line_is_bad(shop: Shop) -> None:
    batch = shop.load_one(shop.write("a.jsonl", [audit(number, ticket_id="?") for number in range(5)]))
    assert (batch.read, batch.loaded, batch.quarantined) == (5, 0, 5)
