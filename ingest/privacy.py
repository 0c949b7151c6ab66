"""Personal data leaves no trace in the raw file: keyed hashes for what identifies, blanks for what is free text.

`hashed(x)` and `redacted(x)` are SQL macros of the session, so the key is never written into a database.
"""

import re
from collections.abc import Collection
from typing import Any

import duckdb
import orjson

from ingest.sql import literal

REMOVED = "[removed]"
EMAIL = r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"
# With a plus or a leading zero, or in groups: a bare number such as an order's is left alone.
PHONE = r"\+\d[\d ()./-]{6,}\d|\b0\d{8,}\b|\(?\b\d{2,5}\)?[ /-]\d{2,}[ ./-]\d[\d ./-]{2,}\d"

_EMAIL = re.compile(EMAIL)
_PHONE = re.compile(PHONE)
_IMPERSONAL = re.compile(r"[\d\s.,:+/TZ#%-]*")
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4}")


def create_macros(con: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Makes hashed(), redacted() and without_addresses() for this session."""
    secret = literal(key.hex())
    once = f"sha256({secret} || lower(trim(x)))"
    con.execute(
        f"create or replace temp macro hashed(x) as "
        f"case when trim(x) <> '' then left(sha256({secret} || {once}), 32) end"
    ).fetchall()
    con.execute(
        "create or replace temp macro without_addresses(x) as "
        f"case when contains(x, '@') then regexp_replace(x, {literal(EMAIL)}, '[e-mail]', 'g') else x end"
    ).fetchall()
    con.execute(
        "create or replace temp macro redacted(x) as "
        f"regexp_replace(without_addresses(x), {literal(PHONE)}, '[phone]', 'g')"
    ).fetchall()


def redact_value(text: str) -> str:
    """A single value that is shown in quarantine, without e-mail addresses."""
    return _EMAIL.sub("[e-mail]", text)


def redact_json(raw: str, personal: Collection[str]) -> str:
    """A JSON record with the values of personal keys removed at any depth; as far as can be told if it is broken."""
    try:
        record = orjson.loads(raw)
    except orjson.JSONDecodeError:
        keys = "|".join(re.escape(key) for key in sorted(personal))
        hidden = re.sub(rf'("(?:{keys})"\s*:\s*)"(?:[^"\\]|\\.)*"?', rf'\1"{REMOVED}"', raw) if keys else raw
        return redact_value(hidden)
    shown = _without(record, personal)
    return redact_value(raw if shown == record else orjson.dumps(shown).decode())


def _without(value: Any, personal: Collection[str]) -> Any:
    if isinstance(value, dict):
        return {key: REMOVED if key in personal and item else _without(item, personal) for key, item in value.items()}
    if isinstance(value, list):
        return [_without(item, personal) for item in value]
    if isinstance(value, str) and not _DATE.match(value):
        return _PHONE.sub("[phone]", value)
    return value


def redact_cells(cells: list[str], personal: Collection[int], width: int) -> list[str]:
    """The cells of a table row without those of personal columns.

    A row with another number of cells than the header (`width`) may have shifted: then every cell with words in it
    goes, from the first personal column on.
    """
    if len(cells) == width:
        return [REMOVED if number in personal and cell else redact_value(cell) for number, cell in enumerate(cells)]
    first = min(personal)
    return [cell if number < first or _is_impersonal(cell) else REMOVED for number, cell in enumerate(cells)]


def _is_impersonal(cell: str) -> bool:
    return bool(_IMPERSONAL.fullmatch(cell)) and (bool(_DATE.match(cell)) or not _PHONE.search(cell))
