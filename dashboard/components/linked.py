"""HTML whose numbers open their tickets.

Python writes the (escaped) HTML; the few lines of script only report which number was pressed. So tiles and tables
are ordinary, printable, keyboard-reachable elements, and a press never reloads the page.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path

import streamlit as st

from dashboard.components.theme import Palette

SCRIPT = """
export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.fm');
  if (root.dataset.html !== data.html) {
    root.innerHTML = data.html;
    root.dataset.html = data.html;
  }
  root.className = 'fm ' + data.theme;
  root.onclick = (event) => {
    const button = event.target.closest('[data-tickets]');
    if (button) setTriggerValue('tickets', button.dataset.tickets);
  };
}
"""
STYLE = Path(__file__).with_name("linked.css").read_text(encoding="utf-8")
_component = st.components.v2.component(
    "flowmeter_linked", html="<div class='fm'></div>", css=STYLE, js=SCRIPT, isolate_styles=True
)


def show(html: str, colors: Palette, key: str, on_tickets: Callable[[str], None]) -> None:
    """Shows `html`; pressing an element made by `number` calls `on_tickets` with its target, before the next run."""

    def pressed() -> None:
        target = st.session_state[key].get("tickets")
        if target:
            on_tickets(target)

    _component(data={"html": html, "theme": colors.name}, key=key, on_tickets_change=pressed)


def number(shown: str, target: str, spoken: str, style: str = "") -> str:
    """A number that opens its tickets. `target`: see ticket_list.ask. `spoken`: what a screen reader hears."""
    return (
        f'<button type="button" class="num {escape(style)}" data-tickets="{escape(target)}" '
        f'aria-label="{escape(spoken)}: show its tickets" title="{escape(spoken)}: show its tickets">'
        f"{escape(shown)}</button>"
    )


def pressed(shown: str, target: str, spoken: str) -> str:
    """Words that can be pressed like a number; the page decides what `target` is. `spoken`: what it leads to."""
    return (
        f'<button type="button" class="num" data-tickets="{escape(target)}" aria-label="{escape(spoken)}">'
        f"{escape(shown)}</button>"
    )
