"""What a source is: how its files are recognised, and how one file becomes raw rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import dataframely as dy
import polars as pl

from flowmeter.config import Config

if TYPE_CHECKING:
    from ingest.part import Part

SEPARATOR = "\x1f"
"""Stands between the label and the text of a value that could not be read."""


class Staged(dy.Schema):
    """What every row contract has: the record's number in the file, and the first value that could not be read."""

    ordinal = dy.Int64(nullable=False)
    problem = dy.String(nullable=True, check=lambda column: column.is_null())


@dataclass(frozen=True)
class Rule:
    """Why a row was set aside, in words for the shop's owner."""

    name: str
    column: str
    expected: str
    remedy: str
    shows: str = ""
    """The column whose value is in doubt, for a rule over several; else it is the rule's own."""


@dataclass(frozen=True)
class Kind:
    """A way of reading text. `sql` gives null for what it cannot read."""

    sql: str
    rule: str
    expected: str
    remedy: str


_FIX = "Correct the value in the file and load it again; the other rows are loaded already."
_ASK = "If the export tool wrote it so, tell us which one; else correct it in the file and load it again."
TEXT = Kind("filled({x})", "unreadable_text", "text", _FIX)
ID = Kind("whole({x})", "unreadable_number", "a whole number", _FIX)
COUNT = Kind("try_cast({x} as integer)", "unreadable_number", "a whole number", _FIX)
NUMBER = Kind("try_cast({x} as double)", "unreadable_number", "a number", _FIX)
MONEY = Kind("try_cast({x} as decimal(18,2))", "unreadable_amount", "an amount such as 12.50", _FIX)
FLAG = Kind("try_cast({x} as boolean)", "unreadable_flag", "true or false", _FIX)
UTC_TIME = Kind("utc_instant({x})", "unreadable_time", "a time such as 2026-11-02T09:30:00Z", _ASK)
OFFSET_TIME = Kind("instant({x})", "unreadable_time", "a time such as 2026-11-02 09:30:00 +0100", _ASK)
EPOCH = Kind("plausible(to_timestamp(try_cast({x} as bigint)))", "unreadable_time", "seconds since 1970", _ASK)


@dataclass(frozen=True)
class Field:
    """A column of the stage: which text it is read from, and what an owner calls that."""

    column: str
    raw: str
    kind: Kind = TEXT
    label: str = ""

    @property
    def known_as(self) -> str:
        return self.label or self.raw

    @property
    def typed(self) -> str:
        return self.kind.sql.replace("{x}", self.raw)

    @property
    def problem(self) -> str:
        """A branch of a CASE: the text is there, and cannot be read."""
        text = f"'{self.known_as.replace(chr(39), chr(39) * 2)}' || chr(31) || left({self.raw}, 200)"
        return f"when trim({self.raw}) <> '' and {self.typed} is null then {text}"


@dataclass(frozen=True)
class Children:
    """A list inside each record whose members must be readable; one bad member sets the whole record aside."""

    column: str
    fields: tuple[Field, ...]
    """Read from `e.<key>`."""
    required: tuple[Field, ...]


@dataclass(frozen=True)
class Nested:
    """A key whose value must be a list or an object where it is there at all."""

    key: str
    opens: str
    is_empty: str
    """SQL over the stage: nothing was read from this key."""


@dataclass(frozen=True)
class Table:
    """A raw table and the SELECT over `good` (the stage without bad rows) that fills it, after batch_no."""

    name: str
    select: str


@dataclass(frozen=True)
class Reading:
    """How one file becomes raw rows."""

    source: str
    relation: str
    """SQL that reads the file, every leaf as text."""
    fields: tuple[Field, ...]
    tables: tuple[Table, ...]
    contract: type[Staged]
    rules: Mapping[str, Rule]
    """By dataframely's name of the rule, the most telling first."""
    key: str
    """The column of every table of this reading that says which record a row belongs to."""
    last_at: str
    extra: Mapping[str, str] = field(default_factory=dict)
    """Further columns of the stage: name -> SQL over the relation."""
    judged: Mapping[str, str] = field(default_factory=dict)
    """Columns that only the contract sees, over the whole stage: name -> SQL."""
    children: Children | None = None
    nested: tuple[Nested, ...] = ()
    settings: str = ""
    """The settings that change what is read: the same file is read anew when they change."""
    empty: str = ""
    """SQL over the stage: a record that is right and brings no row."""
    whole_by: str | None = None
    """A stage column: rows that share it are one record, which is set aside and recognised as known as a whole."""
    personal: frozenset[str] = frozenset()
    """Keys or column titles whose values are kept out of quarantine."""


@dataclass(frozen=True)
class Context:
    """What reading depends on besides the file."""

    config: Config


class Source(Protocol):
    """A kind of file. Adding a vendor means adding such objects to `ingest.registry`."""

    @property
    def name(self) -> str: ...

    @property
    def needs(self) -> str:
        """What the file must have, in words."""
        ...

    def knows(self, part: "Part") -> bool:
        """Whether this file is of this source, by its content."""
        ...

    def reading(self, part: "Part", context: Context) -> Reading:
        """How to read this file. Raises SourceError when it lacks what the source needs."""
        ...


def first_rule(rules: Iterable[str]) -> pl.Expr:
    """The name of the first of dataframely's rules that a row of its failure details breaks."""
    broken = (pl.when(pl.col(rule).cast(pl.String) == "invalid").then(pl.lit(rule)) for rule in rules)
    return pl.coalesce(*broken, pl.lit(None, pl.String))
