"""Reads a YAML or TOML file into a pydantic model. Every error names file, line, key and the nearest valid key."""

import difflib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from flowmeter.errors import ConfigError

KeyPath = tuple[str | int, ...]


class Checked(BaseModel):
    """Base of every model read from a file: unknown keys are refused with the nearest known one."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False, coerce_numbers_to_str=True)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_keys(cls, value: Any) -> Any:
        known = [info.alias or name for name, info in cls.model_fields.items()]
        if not isinstance(value, dict):
            return value
        for key in value:
            if key not in known:
                raise PydanticCustomError("unknown_key", "unknown key", {"key": str(key), "known": known})
        return {key: item for key, item in value.items() if item is not None}  # `shopify:` with nothing under it


@dataclass
class Source:
    """The plain values of one file with the line of every key and list item."""

    path: Path
    shown_as: str
    values: Any = None
    lines: dict[KeyPath, int] = field(default_factory=dict)

    def line(self, path: KeyPath) -> int:
        """The line of a key, or of the nearest thing around it that is written in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def error(self, path: KeyPath, what: str, **parts: str) -> ConfigError:
        """A ConfigError that says file, line and key."""
        key = shown_key(path)
        where = f"{self.shown_as} line {self.line(path)}" + (f", key '{key}'" if key else "")
        return ConfigError(what, where, **parts)


class _Loader(yaml.SafeLoader):
    """YAML without its surprises: `no` stays a word, `0123` keeps its zero, `18:00` is not a number."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 (PyYAML's own interface)


for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|false|False)$", [*"tTfF"]),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", [*"-+0123456789"]),
    ("float", r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)$", [*"-+.0123456789"]),
    ("null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("timestamp", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", [*"0123456789"]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


def read_yaml(path: Path, shown_as: str) -> Source:
    """Reads one YAML file. Raises ConfigError for a missing file, broken YAML, or a key written twice."""
    return parse_yaml(_text(path, shown_as), path, shown_as)


def parse_yaml(text: str, path: Path, shown_as: str) -> Source:
    """As `read_yaml`, of a text. JSON is YAML too."""
    source = Source(path, shown_as)
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        source.values = {} if node is None else _plain(node, (), source, loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ConfigError(
            f"this is not readable YAML ({error.problem or error.context})",
            f"{shown_as} line {line}",
            next_step="Check the indentation, the quotes and the brackets of that line and the one above",
        ) from error
    finally:
        loader.dispose()
    return source


def read_toml(path: Path, shown_as: str) -> Source:
    """Reads one TOML file. Raises ConfigError for a missing file or broken TOML."""
    text = _text(path, shown_as)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        where = f"{shown_as} line {found[1]}" if found else shown_as
        raise ConfigError(f"this is not readable TOML ({error})", where) from error
    return Source(path, shown_as, values, dict(_toml_lines(text)))


Model = TypeVar("Model", bound="Checked")


def validate(source: Source, model: type[Model]) -> Model:
    """The file as a model. Raises ConfigError for the first problem and says how many there are."""
    try:
        return model.model_validate(source.values)
    except ValidationError as failure:
        problems = failure.errors(include_url=False)
        error = explained(source, problems[0])
        if len(problems) > 1:
            error.next_step += f". ({len(problems) - 1} more in this file)"
        raise error from failure


def shown_key(path: KeyPath) -> str:
    """`('workflows', 2, 'rules')` as `workflows[3].rules`: items are counted from 1, as people do."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def nearest(word: str, known: list[str]) -> str:
    """A hint with the closest known word, or the list of them all."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"Did you mean '{close[0]}'?" if close else f"Known here: {', '.join(sorted(known)) or 'nothing yet'}"


def _text(path: Path, shown_as: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            "the file does not exist", shown_as, next_step=f"`flowmeter init {path.parent}` writes a commented one"
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigError("the file is not UTF-8 text", shown_as, next_step="Save it as UTF-8") from error


def _plain(node: yaml.Node, path: KeyPath, source: Source, loader: _Loader) -> Any:
    source.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, number), source, loader) for number, item in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return _scalar(node, path, source, loader)
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        line = key_node.start_mark.line + 1
        if key in values:
            first = source.lines[(*path, key)]
            source.lines[(*path, key)] = line
            raise source.error(
                (*path, key),
                "this key is written twice",
                found=f"it on line {first} as well",
                next_step="Keep one of the two",
            )
        source.lines[(*path, key)] = line
        values[key] = _plain(value_node, (*path, key), source, loader)
    return values


def _scalar(node: yaml.Node, path: KeyPath, source: Source, loader: _Loader) -> Any:
    try:
        return loader.construct_object(node)
    except ValueError:  # the only scalar that can look right and be wrong is a date such as 2026-02-30
        raise source.error(
            path,
            "this date does not exist",
            expected="a day of the calendar such as 2026-12-25",
            found=f"'{node.value}'",
        ) from None


def _toml_lines(text: str) -> Iterator[tuple[KeyPath, int]]:
    section: KeyPath = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[([^\]]+)\]", line):
            section = tuple(part.strip() for part in header[1].split("."))
            yield section, number
        elif key := re.match(r"\s*([A-Za-z0-9_-]+)\s*=", line):
            yield (*section, key[1]), number


def explained(source: Source, problem: ErrorDetails) -> ConfigError:
    """One problem that pydantic found, with file, line and key, and what would be accepted."""
    path = _written_path(source, problem["loc"])
    context = problem.get("ctx", {})
    if problem["type"] == "unknown_key":
        key, known = str(context["key"]), list(context["known"])
        return source.error((*path, key), f"unknown key '{key}'", next_step=nearest(key, known))
    if problem["type"] == "missing":
        key = str(problem["loc"][-1])
        return source.error(path, f"'{key}' is missing", next_step=f"Add '{key}' there")
    if isinstance(context.get("error"), ValueError):
        return source.error(path, str(context["error"]))
    return source.error(path, "this value does not fit", expected=_expected(problem), found=_shown(problem["input"]))


def _written_path(source: Source, location: tuple[int | str, ...]) -> KeyPath:
    """Pydantic's location without the parts that are its own (names of union members) and not in the file."""
    path: KeyPath = ()
    for part in location:
        if (*path, part) in source.lines:
            path = (*path, part)
    return path


_EXPECTED = {
    "int": "a whole number",
    "float": "a number",
    "decimal": "an amount such as 12.50",
    "bool": "true or false",
    "string_type": "text",
    "list_type": "a list",
    "dict_type": "keys with values, indented under it",
    "model": "keys with values, indented under it",
    "date": "a date such as 2026-12-25",
}


def _expected(problem: ErrorDetails) -> str:
    for start, words in _EXPECTED.items():
        if problem["type"].startswith(start) and not problem["type"].endswith("_than_equal"):
            return words
    return re.sub(r"^(Value error, |\w+ should (be |have )?)", "", problem["msg"])


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "keys with values"
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else f"'{value}'"
