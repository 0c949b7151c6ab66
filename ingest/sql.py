"""Pieces of SQL: quoting, and the macros that turn text into values without ever failing."""

import duckdb

# Outside of these years a "time" is a typing error or a placeholder such as 0001-01-01 or infinity.
_FIRST, _LAST = "timestamptz '1990-01-01 00:00:00Z'", "timestamptz '2100-01-01 00:00:00Z'"
_MACROS = f"""
create or replace temp macro plausible(x) as case when x between {_FIRST} and {_LAST} then timezone('UTC', x) end;
create or replace temp macro instant(x) as
    plausible(try_cast(regexp_replace(x, ' ?([+-]\\d\\d):?(\\d\\d)$', '\\1:\\2') as timestamptz));
create or replace temp macro utc_instant(x) as plausible(try_cast(x as timestamptz));
create or replace temp macro local_instant(x, zone) as plausible(timezone(zone, try_cast(x as timestamp)));
create or replace temp macro zoned_instant(x, zone) as
    case when regexp_matches(x, '(Z|[+-]\\d\\d:?\\d\\d)$') then instant(x) else local_instant(x, zone) end;
create or replace temp macro whole(x) as
    case when contains(x, '.') then null else try_cast(ltrim(x, chr(39)) as bigint) end;
create or replace temp macro filled(x) as nullif(trim(x), '');
create or replace temp macro plain(x) as nullif(ltrim(trim(x), chr(39)), '');
"""


def literal(text: str) -> str:
    """A SQL string."""
    return "'" + text.replace("'", "''") + "'"


def name(identifier: str) -> str:
    """A SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def create_macros(con: duckdb.DuckDBPyConnection) -> None:
    """Makes the reading macros for this session.

    Local times: DuckDB reads the hour that an autumn night has twice as the second one (standard time), and an hour
    that a spring night skips as one hour later.
    """
    for statement in _MACROS.strip().split(";\n"):
        con.execute(statement.rstrip(";\n")).fetchall()


def local_time(expression: str, zone: str, time_format: str | None) -> str:
    """SQL that reads `expression` (text) as UTC, by strptime format where given; the zone is used if it has none."""
    if time_format is None:
        return f"zoned_instant({expression}, {literal(zone)})"
    parsed = f"try_strptime({expression}, {literal(time_format)})"
    if "%z" in time_format:
        return f"plausible({parsed})"
    return f"plausible(timezone({literal(zone)}, {parsed}))"
