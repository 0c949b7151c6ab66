"""Files to take away, each made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

File = tuple[str, str, str, Callable[[], str]]
"""What it is called on its button, its ending, its kind (MIME), and what makes it."""


def downloads(label: str, name: str, files: Sequence[File]) -> None:
    """A button that opens to one button per file. `name`: of every file, without its ending."""
    with st.popover(label):
        for told, ending, mime, made in files:
            st.download_button(
                told,
                data=made,
                file_name=f"{name}.{ending}",
                mime=mime,
                on_click="ignore",
                width="stretch",
                key=f"download_{ending}",
            )
