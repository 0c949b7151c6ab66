"""The stages that are measured, each in a process of its own, on shops made for the purpose."""

import json
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from benchmarks.bare import seconds_path, write_shop
from benchmarks.compare import Difference, differences
from benchmarks.measure import Cost, measured, typical
from benchmarks.reader import Refused, files, refused_path
from flowmeter import warehouse
from flowmeter.settings import Home
from flowmeter.shop_folder import create_home

FLOWMETER = "flowmeter.cli.main"
SHORT_SECONDS = 20
REPEATS = 3
Narrate = Callable[[str], None]


@dataclass(frozen=True)
class SizeRun:
    """What one size of shop cost, and what was in it."""

    home: Home
    tickets: int
    events: int
    export_bytes: int
    generate: Cost
    ingest: Cost
    reader: Cost
    build: Cost
    bare: Cost
    refused: tuple[str, ...]
    """Files that the bare reader's defaults could not read."""
    differences: tuple[Difference, ...]
    slowest_models: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class ProcessRun:
    """What a build cost and where its seconds went, beside the hand-written script, over one size of shop."""

    tickets: int
    events: int
    generate: Cost
    ingest: Cost
    build: Cost
    bare: Cost
    models: Mapping[str, float]
    """Seconds of each model in a build that runs one at a time."""
    models_together: Mapping[str, float]
    """The same in an ordinary build, where others run beside it."""
    sections: Mapping[str, float]
    """Seconds of each section of the hand-written script."""
    differences: tuple[Difference, ...]


def run_process(tickets: int, work: Path, say: Narrate) -> ProcessRun:
    """Makes a shop of about `tickets` in `work`, builds it, once more one model at a time, and once by hand."""
    home, log = create_home(work / f"shop-{tickets}")[0], work / f"{tickets}.log"
    say(f"{tickets:,} tickets: generating")
    generate = measured(["demo", "--out", str(home.exports), "--tickets", str(tickets)], log)
    say(f"{tickets:,} tickets: {generate.seconds:.1f} s; loading")
    ingest = _ingest(home, log)
    say(f"{tickets:,} tickets: {ingest.seconds:.1f} s; building, against the bare SQL")
    build = _build(home, log)
    bare = _bare(home, work / f"settings-{tickets}.duckdb", log)
    say(f"{tickets:,} tickets: {build.seconds:.1f} s against {bare.seconds:.1f} s; building one model at a time")
    alone_log = work / f"{tickets}-alone.log"
    measured(["benchmarks.alone"], alone_log, {"FLOWMETER_HOME": str(home.root)})
    say(f"{tickets:,} tickets: comparing their tables")
    loaded, events = _counts(home)
    return ProcessRun(
        tickets=loaded,
        events=events,
        generate=generate,
        ingest=ingest,
        build=build,
        bare=bare,
        models=_model_seconds(alone_log),
        models_together=_model_seconds(log),
        sections=json.loads(seconds_path(_bare_path(home)).read_text(encoding="utf-8")),
        differences=tuple(differences(warehouse.current_path(home), _bare_path(home), home.build_dir / "spill")),
    )


def run_size(tickets: int, work: Path, say: Narrate) -> SizeRun:
    """Generates a shop of about `tickets` in `work`, loads and builds it, and does the same by hand."""
    home, log = create_home(work / f"shop-{tickets}")[0], work / f"{tickets}.log"
    say(f"{tickets:,} tickets: generating")
    generate = measured(["demo", "--out", str(home.exports), "--tickets", str(tickets)], log)
    say(f"{tickets:,} tickets: {generate.seconds:.1f} s; loading, against DuckDB's reader")
    ingest, reader = _alternately(lambda: _ingest(home, log), lambda: _read(home, work, log))
    say(f"{tickets:,} tickets: {ingest.seconds:.1f} s against {reader.seconds:.1f} s; building, against the bare SQL")
    shop = work / f"settings-{tickets}.duckdb"
    build, bare = _alternately(lambda: _build(home, log), lambda: _bare(home, shop, log))
    say(f"{tickets:,} tickets: {build.seconds:.1f} s against {bare.seconds:.1f} s; comparing their tables")
    different = differences(warehouse.current_path(home), _bare_path(home), home.build_dir / "spill")
    loaded, events = _counts(home)
    return SizeRun(
        home=home,
        tickets=loaded,
        events=events,
        export_bytes=sum(path.stat().st_size for path in files(home.exports)),
        generate=generate,
        ingest=ingest,
        reader=reader,
        build=build,
        bare=bare,
        refused=tuple(_refused(work).names),
        differences=tuple(different),
        slowest_models=_slowest_models(log),
    )


def run_demo(tickets: int, work: Path, say: Narrate) -> Cost:
    """The whole demo pipeline in a new folder, from the generator to the published file."""
    say(f"the demo pipeline with {tickets:,} tickets")
    costs = []
    for number in range(REPEATS):
        root = work / f"demo-{number}"
        costs.append(
            measured(
                [FLOWMETER, "demo", "--no-serve", "--tickets", str(tickets), "--home", str(root)], work / "demo.log"
            )
        )
        shutil.rmtree(root)
    return typical(costs)


def run_clicks(home: Home, work: Path, say: Narrate) -> list[tuple[str, float]]:
    """Every click on the weekly page with its seconds; the first is the opening of the page."""
    say("clicking through the weekly page")
    out = work / "clicks.json"
    measured(["benchmarks.clicks", "--out", str(out)], work / "clicks.log", {"FLOWMETER_HOME": str(home.root)})
    return [(name, seconds) for name, seconds in json.loads(out.read_text(encoding="utf-8"))]


def _alternately(ours: Callable[[], Cost], theirs: Callable[[], Cost]) -> tuple[Cost, Cost]:
    """The typical cost of both: one run each, or several in turns where a run is short."""
    pairs = [(ours(), theirs())]
    while max(pairs[0][0].seconds, pairs[0][1].seconds) < SHORT_SECONDS and len(pairs) < REPEATS:
        pairs.append((ours(), theirs()))
    return typical([pair[0] for pair in pairs]), typical([pair[1] for pair in pairs])


def _ingest(home: Home, log: Path) -> Cost:
    shutil.rmtree(home.warehouse, ignore_errors=True)
    return measured([FLOWMETER, "ingest", "--home", str(home.root), *_texts(files(home.exports))], log)


def _read(home: Home, work: Path, log: Path) -> Cost:
    """The bare reader's cost, without the attempts on files that its defaults refuse."""
    out = work / "reader.duckdb"
    cost = measured(["benchmarks.reader", str(home.exports), "--out", str(out)], log)
    out.unlink()
    refused = _refused(work)
    return replace(cost, seconds=cost.seconds - refused.seconds, cpu_seconds=cost.cpu_seconds - refused.cpu_seconds)


def _refused(work: Path) -> Refused:
    return Refused(**json.loads(refused_path(work / "reader.duckdb").read_text(encoding="utf-8")))


def _build(home: Home, log: Path) -> Cost:
    return measured([FLOWMETER, "build", "--force", "--home", str(home.root)], log)


def _bare(home: Home, shop: Path, log: Path) -> Cost:
    if not shop.exists():
        write_shop(home, shop)
    out = _bare_path(home)
    out.unlink(missing_ok=True)
    return measured(
        ["benchmarks.bare", "--raw", str(home.raw_path), "--shop", str(shop), "--out", str(out)],
        log,
    )


def _bare_path(home: Home) -> Path:
    return home.root / "bare.duckdb"


def _counts(home: Home) -> tuple[int, int]:
    """Tickets and audit events that were loaded."""
    with duckdb.connect(str(home.raw_path), read_only=True) as con:
        tables = "(select count(*) from zendesk_ticket), (select count(*) from zendesk_audit_event)"
        tickets, events = con.execute(f"select {tables}").fetchall()[0]
    return int(tickets), int(events)


def _slowest_models(log: Path, count: int = 8) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(_model_seconds(log).items(), key=lambda item: -item[1])[:count])


def _model_seconds(log: Path) -> dict[str, float]:
    """What each model and test of the last build took, from lines of progress such as `12/58 fct_ticket 0.3s`."""
    found = re.findall(r"^ *\d+/\S+ (\w+) ([\d.]+)s$", log.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: float(took) for name, took in found}


def _texts(paths: Sequence[Path]) -> list[str]:
    return [str(path) for path in paths]
