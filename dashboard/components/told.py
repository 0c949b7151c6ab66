"""A section that is headed by what to do first, and sentences as a list."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard.components import theme
from dashboard.components.linked import show
from dashboard.format import plain


def section(title: str, first: str) -> None:
    """A heading, and in bold what to do first and what it would bring."""
    st.markdown(f"#### {title}")
    st.markdown(f"**{plain(first)}**")


def sentences(found: Sequence[str], key: str, most: int = 6) -> None:
    """Sentences as a list, the rest of a long one folded away."""
    if found:
        show(_list(found[:most]), theme.palette(), key, lambda _: None)
    if len(found) > most:
        with st.expander(f"{len(found) - most} more"):
            show(_list(found[most:]), theme.palette(), f"{key}_more", lambda _: None)


def _list(found: Sequence[str]) -> str:
    return f'<ul class="told">{"".join(f"<li>{escape(told)}</li>" for told in found)}</ul>'
