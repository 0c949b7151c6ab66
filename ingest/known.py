"""Records that an earlier file of the same source has already brought, unchanged: they are not kept twice."""

import duckdb

from ingest.raw_tables import DATA
from ingest.source import Reading
from ingest.sql import name


def drop_known(con: duckdb.DuckDBPyConnection, batch_no: int, reading: Reading) -> int:
    """Deletes from a batch the records that equal a loaded version in every column, children included.

    Returns how many records went. A record is a line of the file, or what shares the key of `whole_by`.
    """
    if not _has_older(con, reading.source):
        return 0
    part = "line" if reading.whole_by is None else "0"
    older = f"batch_no in (select batch_no from batch where source = '{reading.source}')"
    mine = f"batch_no = {batch_no}"
    new = _fingerprints(reading, part, mine)
    old = _fingerprints(reading, part, f"{older} and {reading.key} in (select key from fresh)")
    con.execute(f"create or replace temp table fresh as {new}").fetchall()
    con.execute(
        "create or replace temp table repeated as select key, part from fresh "
        f"where (key, rows, print) in (select (key, rows, print) from ({old}))"
    ).fetchall()
    matches = f"{mine} and ({reading.key}, {part}) in (select (key, part) from repeated)"
    lines = " union ".join(f"select distinct line from {table.name} where {matches}" for table in reading.tables)
    known = int(con.execute(f"select count(*) from ({lines})").fetchall()[0][0])
    if known:
        for table in reading.tables:
            con.execute(f"delete from {table.name} where {matches}").fetchall()
    con.execute("drop table fresh").fetchall()
    con.execute("drop table repeated").fetchall()
    return known


def _has_older(con: duckdb.DuckDBPyConnection, source: str) -> bool:
    return bool(con.execute("select count(*) from batch where source = ?", [source]).fetchall()[0][0])


def _fingerprints(reading: Reading, part: str, where: str) -> str:
    """SQL: per record its key, its part of the file, its number of rows and the sum of their hashes."""
    rows = []
    for table in reading.tables:
        columns = ", ".join(name(column) for column in _columns(table.name))
        print_of = f"hash('{table.name}', {columns})::hugeint"
        columns_of = f"batch_no, {part} as part, {reading.key} as key, {print_of} as print"
        rows.append(f"select {columns_of} from {table.name} where {where}")
    every = " union all ".join(rows)
    return f"select key, part, count(*) as rows, sum(print) as print from ({every}) group by batch_no, key, part"


def _columns(table: str) -> list[str]:
    """The content columns of a raw table, in order."""
    with duckdb.connect() as scratch:
        scratch.execute(f"create table described ({DATA[table]})").fetchall()
        return [str(row[0]) for row in scratch.execute("describe described").fetchall()]
