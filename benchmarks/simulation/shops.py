"""A log goes in as a user's log does: written to a file, ingested, built."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import yaml

from benchmarks.simulation.logs import Cut
from flowmeter.build import build
from flowmeter.config import load_config
from flowmeter.settings import Home
from flowmeter.shop_folder import create_home
from ingest.load import ensure_raw, ingest_paths

WORKFLOW = "process"


def shop_of(cut: Cut, folder: Path) -> Home:
    """The shop whose only workflow is the log before the cut, as of the cut. One that is there is kept."""
    if (folder / "data" / "warehouse" / "current").exists():
        return Home.find(folder)
    (folder / "config").mkdir(parents=True)
    snapshot = pl.Series([cut.as_of]).dt.replace_time_zone(cut.zone, non_existent="null").dt.convert_time_zone("UTC")[0]
    (folder / "flowmeter.toml").write_text(
        f'[shop]\nname = "{cut.name}"\ntime_zone = "{cut.zone}"\n\n[kpi]\nsnapshot = {snapshot:%Y-%m-%dT%H:%M:%SZ}\n',
        encoding="utf-8",
    )
    for name, content in _config(cut).items():
        (folder / "config" / f"{name}.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    file = folder / "log.parquet"
    cut.train.with_columns(process=pl.lit(WORKFLOW)).write_parquet(file)
    home, _ = create_home(folder)
    ingest_paths(home, load_config(home), [file], "event_log:log", _quiet)
    build(home, _quiet, ensure_raw=ensure_raw)
    return home


def _config(cut: Cut) -> dict[str, object]:
    columns = {"case": "case", "activity": "activity", "time": "end", "start": "start", "resource": "resource"}
    if cut.train.filter(pl.col("start") != pl.col("end")).is_empty():
        del columns["start"]
    log = {"name": "log", "columns": columns, "time_zone": cut.zone, "attributes": [], "workflow": "process"}
    return {
        "sources": {"event_logs": [log]},
        "targets": {"targets": []},
        "schedules": {"groups": {}, "schedules": []},
        "workflows": {"workflows": [{"key": WORKFLOW, "name": "Process", "rules": [{"tag": WORKFLOW}]}]},
    }


def _quiet(_line: str) -> None:
    """Progress that nobody reads."""
