"""A playbook as PDF, set by Typst from playbook.typ. No file is read beside that one, and nothing from the network."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any, Literal

import typst

from analysis.playbook import Part, Playbook, counted
from analysis.playbook_html import HOW

TEMPLATE = Path(__file__).with_name("playbook.typ")


def playbook_pdf(playbook: Playbook, flowchart: str) -> bytes:
    """The document as PDF. `flowchart` is the text of an SVG, empty for none."""
    (document,) = _compiled(playbook, flowchart, "pdf")
    return document


def playbook_pages(playbook: Playbook, flowchart: str) -> list[bytes]:
    """The pages of the same document as pictures (PNG)."""
    return _compiled(playbook, flowchart, "png")


def _compiled(playbook: Playbook, flowchart: str, form: Literal["pdf", "png"]) -> list[bytes]:
    inputs = {"playbook": json.dumps(_spoken(playbook)), "flowchart": flowchart}
    made = typst.compile(TEMPLATE, format=form, ignore_system_fonts=True, sys_inputs=inputs)
    return made if isinstance(made, list) else [made]


def _spoken(playbook: Playbook) -> dict[str, Any]:
    """The playbook as the template reads it: every share with its spoken form."""
    heading = playbook.heading
    return {
        "heading": {"name": heading.name, "description": heading.description, "shop": heading.shop},
        "basis": heading.basis,
        "how": HOW,
        "ways": _parts(playbook.ways),
        "exceptions": playbook.exceptions,
        "steps": [
            {
                "name": step.name,
                "description": step.description,
                "facts": [dataclasses.asdict(fact) for fact in step.facts],
                "follows": _parts(step.follows),
                "groups": _parts(step.groups),
                "macros": _parts(step.macros),
                "exceptions": step.exceptions,
            }
            for step in playbook.steps
        ],
    }


def _parts(parts: tuple[Part, ...]) -> list[dict[str, Any]]:
    return [
        {"name": part.name, "share": part.share, "shown": part.shown, "counted": counted(part.count, "ticket")}
        for part in parts
    ]
