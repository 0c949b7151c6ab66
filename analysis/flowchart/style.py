"""The colours of the flowchart: variables that follow the page's theme, or one theme's values written out.

One hue for how much, one accent for where to look; both are also said in words. Readers without variables or media
queries (a PDF maker) get the written-out form.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

Theme = Literal["auto", "light", "dark"]

LIGHT = {
    "text": "#1d2733", "muted": "#566370", "surface": "#ffffff", "edge": "#8a949e", "accent": "#0064a0",
    "worst": "#b04a00", "box-0": "#f4f6f8", "box-1": "#dcecf7", "box-2": "#bfdcf0", "box-3": "#9ccae9",
    "box-4": "#78b6e0", "way-0": "#8a949e", "way-1": "#7191a8", "way-2": "#4d86ab", "way-3": "#2876a6",
    "way-4": "#0064a0",
}  # fmt: skip
DARK = {
    "text": "#e8ecf0", "muted": "#a9b4bf", "surface": "#14181d", "edge": "#7d8894", "accent": "#6cbdf0",
    "worst": "#ffa05c", "box-0": "#1e242b", "box-1": "#1d3245", "box-2": "#1c4160", "box-3": "#1b507a",
    "box-4": "#1a5f94", "way-0": "#7d8894", "way-1": "#7698b1", "way-2": "#72a4c6", "way-3": "#6fb0db",
    "way-4": "#6cbdf0",
}  # fmt: skip
_HERE = Path(__file__).parent
_DRAWN = (_HERE / "flowchart.css").read_text(encoding="utf-8")
_PRESSED = (_HERE / "interactive.css").read_text(encoding="utf-8")


def style(theme: Theme, *, interactive: bool) -> str:
    """The style sheet of one drawing. 'auto': light, dark below an element of class `dark`; alone as the reader's."""
    rules = _DRAWN + (_PRESSED if interactive else "")
    if theme != "auto":
        values = LIGHT if theme == "light" else DARK
        return re.sub(r"var\(--fc-([a-z0-9-]+)\)", lambda found: values[found[1]], rules)
    light, dark = _variables(LIGHT), _variables(DARK)
    return (
        f"svg.flowchart {{ {light} }}\n.dark svg.flowchart {{ {dark} }}\n"
        f"@media (prefers-color-scheme: dark) {{ svg.flowchart:root {{ {dark} }} }}\n{rules}"
        f"@media print {{ svg.flowchart, .dark svg.flowchart, svg.flowchart:root {{ {light} "
        "print-color-adjust: exact; -webkit-print-color-adjust: exact; } }\n"
    )


def _variables(values: dict[str, str]) -> str:
    return " ".join(f"--fc-{name}: {value};" for name, value in values.items())
