"""How this is computed: every metric's definition, and how the page judges a change. Folded away."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.weekly_view import MetricInfo

RULES = """
- **Interval**: the range in which the true figure lies with 95% confidence, given how few tickets a week has.
- **Better, worse, no clear change**: a change counts only if the interval of the difference leaves out zero. Figures
  without an interval, such as volume, are compared with their own usual week-to-week moves.
- **What moved**: every workflow and KPI against the four weeks before, and against the 22 weeks before those; chance
  finds are held to 5% (Benjamini-Hochberg); ranked by how far a move exceeds its noise, times the share of tickets it
  touches. "Mostly because of" names what makes up at least half of a change: workflows, channels or variants.
- **Worst first**: the largest certain miss of a target, as a share of that target; an interval that reaches the target
  is "close" and not a miss.
- **Usual range**: mean of the finished weeks ± 2.66 times the mean weekly move (an individuals chart). Diamonds mark
  weeks outside it, or the eighth and later weeks in a row on one side of the mean.
- **The first week of the data** is compared with nothing and drawn nowhere: exports rarely begin on its Monday, and
  what was open before it is missing.
- **Not final**: a measure that needs days to pass, such as resolved within 7 days, stays open until they have passed.
"""


def explained(infos: Mapping[str, MetricInfo]) -> None:
    """The folded section."""
    with st.expander("How this is computed"):
        st.markdown(RULES)
        lines = [
            f"- **{info.label}** (`{info.key}`): {info.sentence} Shown from n = {info.min_n}."
            for info in infos.values()
            if info.is_headline or info.is_table
        ]
        st.markdown("\n".join(lines))
