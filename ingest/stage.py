"""The stage: one temporary table with a file's records, typed, before they are judged.

Its rowid is the record's number: DuckDB keeps the file's order, and numbering by rowid leaves all cores at work.
So it is filled outside of the file's transaction: rows that are not committed have rowids from a far range.
"""

import duckdb
import polars as pl

from ingest.part import Form, Part
from ingest.source import SEPARATOR, Children, Reading, Rule, first_rule
from ingest.sql import name

CHUNK = 200_000
FAILING = pl.Schema({"ordinal": pl.Int64, "rule": pl.String, "found": pl.String})
"""A bad record: its number, the rule (a key of `Reading.rules`, or `problem:<label>`), and what stood there."""

SIBLING = "sibling"
_PROBLEM = "problem"
_SIBLING_RULE = Rule(
    "part_of_a_bad_record",
    "",
    "every row of the record to be good",
    "Correct the row of this record that stands in quarantine for a reason of its own, and load the file again.",
)


def fill(con: duckdb.DuckDBPyConnection, reading: Reading) -> None:
    """Reads the file into the temporary table `stage`."""
    columns = [f"{field.typed} as {name(field.column)}" for field in reading.fields]
    columns += [f"{expression} as {name(column)}" for column, expression in reading.extra.items()]
    columns.append(_problem_case([field.problem for field in reading.fields if field.kind.rule != "unreadable_text"]))
    con.execute(f"create or replace temp table stage as select {', '.join(columns)} from {reading.relation}").fetchall()


def _problem_case(branches: list[str]) -> str:
    return f"case {' '.join(branches)} end as problem" if branches else "null::varchar as problem"


def count(con: duckdb.DuckDBPyConnection) -> int:
    """Records in the stage."""
    return int(con.execute("select count(*) from stage").fetchall()[0][0])


def failing(con: duckdb.DuckDBPyConnection, part: Part, reading: Reading) -> pl.DataFrame:
    """The records that break the contract, one row each with the first rule that says why (schema FAILING)."""
    found = [_contract_failures(con, reading)]
    if reading.children:
        found.append(_child_failures(con, reading.children))
    if part.form is Form.LINES:
        found += [_misshapen(con, part, reading)]
    together = pl.concat([frame for frame in found if len(frame)] or [FAILING.to_frame()])
    return together.unique("ordinal", keep="first", maintain_order=True).sort("ordinal")


def _contract_failures(con: duckdb.DuckDBPyConnection, reading: Reading) -> pl.DataFrame:
    names = [column for column in reading.contract.column_names() if column != "ordinal"]
    added = "".join(f", {expression} as {name(column)}" for column, expression in reading.judged.items())
    query = f"select ordinal, {', '.join(map(name, names))} from (select rowid + 1 as ordinal, *{added} from stage)"
    chunks = con.sql(query).to_arrow_reader(CHUNK)
    frames = [_judged(pl.DataFrame(pl.from_arrow(chunk)), reading) for chunk in chunks]
    return pl.concat([FAILING.to_frame(), *frames])


def _judged(rows: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    good, failure = reading.contract.filter(rows)
    if len(good) == len(rows):
        return FAILING.to_frame()
    broken = set(failure.counts())
    rules = [rule for rule in ("problem|check", *reading.rules) if rule in broken]
    details = failure.details().with_columns(rule=first_rule(rules))
    found = pl.coalesce(*(pl.when(pl.col("rule") == rule).then(_in_doubt(rule, reading)) for rule in rules))
    label = pl.lit(_PROBLEM + ":") + pl.col("problem").str.split(SEPARATOR).list.first()
    text = pl.col("problem").str.split(SEPARATOR).list.last()
    is_problem = pl.col("rule") == "problem|check"
    return details.select(
        "ordinal",
        rule=pl.when(is_problem).then(label).otherwise(pl.col("rule")),
        found=pl.when(is_problem).then(text).otherwise(found),
    )


def _in_doubt(rule: str, reading: Reading) -> pl.Expr:
    """What stood in the column that a rule is about, as text."""
    column = rule.split("|", maxsplit=1)[0] if "|" in rule else reading.rules[rule].shows
    return pl.col(column).cast(pl.String) if column else pl.lit(None, pl.String)


def _child_failures(con: duckdb.DuckDBPyConnection, children: Children) -> pl.DataFrame:
    missing = [f"when {field.raw} is null then '{field.known_as}' || chr(31)" for field in children.required]
    unreadable = [field.problem for field in children.fields if field.kind.rule != "unreadable_text"]
    judged = f"select ordinal, {_problem_case([*unreadable, *missing])} from members"
    members = f"select rowid + 1 as ordinal, unnest({children.column}) as e from stage"
    query = (
        f"with members as ({members}), judged as ({judged}) "
        f"select ordinal, '{_PROBLEM}:' || split_part(min(problem), chr(31), 1) as rule, "
        "split_part(min(problem), chr(31), 2) as found from judged where problem is not null group by ordinal"
    )
    return pl.DataFrame(con.sql(query).pl(), schema_overrides=FAILING)


def _misshapen(con: duckdb.DuckDBPyConnection, part: Part, reading: Reading) -> pl.DataFrame:
    """Records where a list or an object was expected and something else stands, which the reader takes for nothing.

    Only the keys that came out empty somewhere are looked at again, as text.
    """
    if not reading.nested:
        return FAILING.to_frame()
    counts = ", ".join(f"count(*) filter (where {nested.is_empty})" for nested in reading.nested)
    empty = con.execute(f"select {counts} from stage").fetchall()[0]
    suspects = [nested for nested, number in zip(reading.nested, empty, strict=True) if number]
    if not suspects:
        return FAILING.to_frame()
    texts = part.relation({nested.key: "VARCHAR" for nested in suspects})
    con.execute(f"create or replace temp table shapes as select * from {texts}").fetchall()
    branches = [
        f"when not starts_with({name(nested.key)}, '{nested.opens}') "
        f"then '{nested.key}' || chr(31) || left({name(nested.key)}, 200)"
        for nested in suspects
    ]
    query = (
        f"select rowid + 1 as ordinal, 'shape:' || split_part(problem, chr(31), 1) as rule, "
        f"split_part(problem, chr(31), 2) as found from (select rowid, {_problem_case(branches)} from shapes) "
        "where problem is not null"
    )
    found = pl.DataFrame(con.sql(query).pl(), schema_overrides=FAILING)
    con.execute("drop table shapes").fetchall()
    return found


def explain(rule: str, found: str | None, reading: Reading) -> Rule:
    """A rule of FAILING in words."""
    if rule == SIBLING:
        return _SIBLING_RULE
    kind, _, label = rule.partition(":")
    if kind == _PROBLEM and label:
        if not found:
            return Rule("missing_value", label, "a value", "Export it again; the other rows are loaded already.")
        fields = [*reading.fields, *(reading.children.fields if reading.children else ())]
        field = next(each for each in fields if each.known_as == label)
        return Rule(field.kind.rule, label, field.kind.expected, field.kind.remedy)
    if kind == "shape":
        opens = next(nested.opens for nested in reading.nested if nested.key == label)
        expected = "a list in brackets" if opens == "[" else "an object in braces"
        return Rule("wrong_shape", label, expected, "Export it again; the other rows are loaded already.")
    return reading.rules[rule]
