"""A planned automation, from a `.flow` file as the shop system exports it."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowmeter.errors import ConfigError
from flowmeter.settings import Home

KINDS = {"TRIGGER": "trigger", "CONDITION": "condition", "ACTION": "action"}
_CHECKSUM = re.compile(r"^\s*[0-9a-fA-F]{64}:")
_COMPARISONS = {"==": "is", "!=": "is not", ">": "is above", "<": "is below", ">=": "is at least", "<=": "is at most"}


@dataclass(frozen=True)
class FlowStep:
    """A step of a `.flow`: `kind` is trigger, condition or action, `name` what it does, `note` more about it."""

    key: str
    name: str
    kind: str
    note: str


@dataclass(frozen=True)
class FlowLink:
    """A way from one step to another; `label` says from which answer of a condition, else empty."""

    source: str
    target: str
    label: str


@dataclass(frozen=True)
class Flow:
    """A planned automation."""

    name: str
    steps: tuple[FlowStep, ...]
    links: tuple[FlowLink, ...]


def read_flow(home: Home, name: str) -> Flow:
    """The `.flow` file of that name below the shop's folder. Raises ConfigError when it is none."""
    path = (home.root / name).resolve()
    if not path.is_relative_to(home.root.resolve()):
        raise ConfigError("the file lies outside the shop folder", name, next_step=f"Put it below {home.root}")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError):
        raise ConfigError(
            "there is no such file in the shop folder",
            name,
            next_step="Export the workflow as a .flow file and put it there, or correct 'intended_flow'",
        ) from None
    except UnicodeDecodeError:
        raise _unreadable(name, "bytes that are no text") from None
    return parse_flow(text, name)


def parse_flow(text: str, shown_as: str) -> Flow:
    """A `.flow`: JSON, perhaps after a checksum and a colon. Raises ConfigError naming what is wrong in it."""
    try:
        document = json.loads(_CHECKSUM.sub("", text, count=1))
    except ValueError as error:
        raise _unreadable(shown_as, f"text that is no JSON ({error})") from None
    root = document.get("root") if isinstance(document, dict) else None
    if not isinstance(root, dict) or not _are_objects(root.get("steps")) or not _are_objects(root.get("links", [])):
        raise _unreadable(shown_as, "no list of steps in it")
    steps = tuple(_step(step, shown_as) for step in root["steps"])
    kinds = {step.key: step.kind for step in steps}
    links = tuple(_link(link, kinds, shown_as) for link in root.get("links", []))
    return Flow(str(root.get("workflow_name") or Path(shown_as).stem), _from_the_trigger(steps), links)


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _from_the_trigger(steps: tuple[FlowStep, ...]) -> tuple[FlowStep, ...]:
    """What starts the flow comes first; the rest as in the file."""
    return tuple(sorted(steps, key=lambda step: step.kind != "trigger"))


def _step(step: dict[str, Any], shown_as: str) -> FlowStep:
    key, task = step.get("step_id"), str(step.get("task_id") or "")
    if not key:
        raise ConfigError("a step has no 'step_id'", shown_as, found=f"task '{task}'", next_step="Export it again")
    kind = KINDS.get(str(step.get("task_type")), "action")
    words = task.rsplit("::", 1)[-1].replace("_", " ").strip().capitalize()
    fields = {item.get("config_field_id"): item.get("value") for item in _objects(step.get("config_field_values"))}
    condition = _condition(fields.get("condition")) if kind == "condition" else ""
    own = str(step.get("name") or step.get("description") or "").strip()
    name = own or condition or words or "Step"
    note = condition if own and condition else "" if name == words else words
    return FlowStep(str(key), name, kind, note)


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _link(link: dict[str, Any], kinds: dict[str, str], shown_as: str) -> FlowLink:
    source, target = str(link.get("from_step_id")), str(link.get("to_step_id"))
    for key in (source, target):
        if key not in kinds:
            raise ConfigError(
                "a link leads to a step that is not there", shown_as, found=f"step '{key}'", next_step="Export it again"
            )
    port = str(link.get("from_port_id", ""))
    answer = {"true": "yes", "false": "no"}.get(port, port if port != "output" else "")
    return FlowLink(source, target, answer)


def _condition(text: Any) -> str:
    """A condition in words, such as `customAttributes_item.key is Delivery Date`; empty where it is not understood."""
    try:
        tree = json.loads(text)
    except (TypeError, ValueError):
        return ""
    return _words(tree)


def _words(tree: Any) -> str:
    if not isinstance(tree, dict):
        return ""
    kind = tree.get("operation_type")
    if kind == "Comparison":
        operator = str(tree.get("operator"))
        left, right = _value(tree.get("lhs")), _value(tree.get("rhs"))
        return " ".join(part for part in (left, _COMPARISONS.get(operator, operator), right) if part)
    if kind == "ArrayExpression":
        inner = _words(tree.get("operation"))
        which = {"ANY": "any", "ALL": "every", "NONE": "no"}.get(str(tree.get("operator")), "any")
        listed = _value(tree.get("array_path"))
        return f"{which} of {listed}: {inner}" if inner else ""
    parts = [_words(tree.get(side)) for side in ("lhs", "rhs", "operation")]
    parts += [_words(item) for item in _objects(tree.get("operands"))]
    return f" {str(tree.get('operator', 'and')).lower()} ".join(part for part in parts if part)


def _value(side: Any) -> str:
    return str(side.get("value", "")) if isinstance(side, dict) else ""


def _unreadable(shown_as: str, found: str) -> ConfigError:
    return ConfigError(
        "this is no flow that can be read",
        shown_as,
        expected="a .flow file as it is exported: JSON with 'root' and its 'steps'",
        found=found,
        next_step="Export the workflow again",
    )
