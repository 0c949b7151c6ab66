"""A shop folder for a test, and looking at what ingest made of its files."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from flowmeter.config import load_config
from flowmeter.settings import Home
from ingest.load import Batch, IngestResult, ingest_paths

Row = Mapping[str, Any]
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


@dataclass
class Shop:
    """A shop folder with an inbox, whose settings a test can change between loads."""

    root: Path
    sources: dict[str, Any] = field(default_factory=dict)
    workflows: list[Row] = field(default_factory=list)
    toml: str = '[shop]\nname = "Test"\n'

    @property
    def home(self) -> Home:
        return Home(self.root)

    @property
    def raw_path(self) -> Path:
        return self.home.raw_path

    def write(self, name: str, content: str | bytes | Iterable[Row]) -> Path:
        """A file of the inbox: text, bytes, or records as JSON lines."""
        path = self.root / "data" / "exports" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif isinstance(content, str):
            path.write_text(content, encoding="utf-8", newline="")
        else:
            path.write_text(lines(content), encoding="utf-8")
        return path

    def configure(self) -> None:
        """Writes flowmeter.toml and config/ from the fields."""
        files: dict[str, Any] = {"workflows": {"workflows": self.workflows}, "sources": self.sources}
        (self.root / "config").mkdir(parents=True, exist_ok=True)
        (self.root / "flowmeter.toml").write_text(self.toml, encoding="utf-8")
        for name in ("workflows", "costs", "targets", "schedules", "sources"):
            text = yaml.safe_dump(files.get(name, {}))
            (self.root / "config" / f"{name}.yml").write_text(text, encoding="utf-8")

    def load(self, *paths: Path, source: str | None = None) -> IngestResult:
        """Ingests the files and checks that their sums hold."""
        self.configure()
        result = ingest_paths(self.home, load_config(self.home), paths, source, lambda _: None)
        for batch in result:
            assert batch.read == batch.loaded + batch.quarantined + batch.known, batch
        return result

    def load_one(self, path: Path, source: str | None = None) -> Batch:
        """Ingests one file, which must not be refused."""
        result = self.load(path, source=source)
        assert [str(refusal.error) for refusal in result.refused] == []
        assert len(result) == 1
        return result[0]

    def refusal(self, path: Path, source: str | None = None) -> str:
        """Ingests one file, which must be refused; what the shop's owner reads."""
        result = self.load(path, source=source)
        assert list(result) == []
        return str(result.refused[0].error)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query finds in the raw database."""
        with duckdb.connect(str(self.raw_path), read_only=True) as con:
            return con.execute(query).fetchall()

    def aside(self) -> list[tuple[Any, ...]]:
        """Line, rule, column and what was found of each row in quarantine, by line."""
        return self.rows("select line, rule, column_name, found from quarantine order by batch_no, line")

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every raw table, but for the instants of loading."""
        names = [name for (name,) in self.rows("select table_name from duckdb_tables() order by 1")]
        return {
            name: self.rows(f"select {'* exclude (loaded_at)' if name == 'batch' else '*'} from {name} order by all")
            for name in names
        }


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A shop without any mapping."""
    return Shop(tmp_path / "shop")


def at(*parts: int) -> dt.datetime:
    """An instant as the raw tables hold it: UTC, without saying so."""
    return dt.datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


def lines(records: Iterable[Row]) -> str:
    """Records as JSON lines."""
    return "".join(f"{json.dumps(record)}\n" for record in records)


def shared(*parts: str) -> Path:
    """A folder of public data beside the checkout; the test is skipped where it is absent."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"needs {path}, which is not on this machine")
    return path
