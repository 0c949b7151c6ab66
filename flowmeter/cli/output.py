"""stdout is data, stderr is narration."""

import csv
import io
import json
import os
import sys
import threading
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

Row = dict[str, Any]
CELL_WIDTH = 60
_one_at_a_time = threading.Lock()


class Format(StrEnum):
    """How rows are written."""

    table = "table"
    json = "json"
    csv = "csv"


def narrate(line: str) -> None:
    """One line on stderr, whole also when two threads speak at once."""
    with _one_at_a_time:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def write_rows(rows: Sequence[Row], columns: Sequence[str], form: Format) -> None:
    """Rows on stdout. JSON keeps types, CSV leaves unknown values empty, a table shortens and says so with '…'."""
    if form is Format.json:
        write_json(list(rows))
    elif form is Format.csv:
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        _deliver(text.getvalue())
    else:
        _deliver(_table(rows, columns))


def write_json(value: object) -> None:
    """JSON on stdout, with a line break at its end."""
    _deliver(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


def write_text(text: str) -> None:
    """Text on stdout as it is."""
    _deliver(text)


def _deliver(text: str) -> None:
    """Writes to stdout, and is content when the reader has seen enough (`flowmeter kpis | head`)."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _table(rows: Sequence[Row], columns: Sequence[str]) -> str:
    lines = [[_cell(row[column]) for column in columns] for row in rows]
    widths = [max([len(name), *(len(line[number]) for line in lines)]) for number, name in enumerate(columns)]
    right = [any(isinstance(row[column], int | float) for row in rows) for column in columns]
    text = ""
    for line in [list(columns), *lines]:
        cells = zip(line, widths, right, strict=True)
        text += "  ".join(cell.rjust(width) if flush else cell.ljust(width) for cell, width, flush in cells).rstrip()
        text += "\n"
    return text


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    text = " ".join(str(value).split())
    return text if len(text) <= CELL_WIDTH else text[: CELL_WIDTH - 1] + "…"
