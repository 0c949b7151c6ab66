"""What a page says when it cannot show what it is for: each time what happened, why, and what to do next."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from dashboard.data import Snapshot
from dashboard.format import age_in_days, is_stale, moment_in_words, plain
from flowmeter.errors import ConfigError, FlowmeterError


def failed(error: FlowmeterError) -> None:
    """The page's stead when there is no shop folder, nothing is published, or a query failed."""
    heading = "No shop folder yet" if isinstance(error, ConfigError) else "This page has nothing to read"
    st.markdown(f"## {heading}")
    st.markdown(f"**{error.what}**")
    details = [("Where", error.where), ("Expected", error.expected), ("Found", error.found)]
    lines = [f"- {name}: {_plain(text)}" for name, text in details if text]
    if lines:
        st.markdown("\n".join(lines))
    st.info(error.next_step or "Run `flowmeter status` to see what the shop folder holds.")


def empty() -> None:
    """A published snapshot without a single ticket."""
    st.markdown("## No tickets yet")
    st.markdown(
        "The published snapshot holds no tickets. Put your helpdesk's export (for Zendesk: tickets as JSON, and ticket "
        "audits) into `data/exports/`, then load, build and publish it with one command:"
    )
    st.code("flowmeter refresh", language=None)
    st.markdown("Files that were read and rows that were refused are listed on the **Data** page.")


def no_events() -> None:
    """Tickets, but not one with a log of what happened to it."""
    st.markdown("## No log of what happened yet")
    st.markdown(
        "The published snapshot has tickets, but a flat list of tickets does not say where they waited. Export what "
        "happened to them too (for Zendesk: ticket audits as JSON; from any other system: an event log with case, "
        "activity and time, described in `config/sources.yml`) into `data/exports/`, then run:"
    )
    st.code("flowmeter refresh", language=None)


def nothing_to_compare(by: str, workflow: str, problem: str) -> None:
    """A workflow without two arms: what was looked for, and how to get variants."""
    kind = by.partition(":")[0]
    if kind != "variant":
        st.markdown(f"## Nothing to compare in {plain(workflow)}")
        st.markdown(f"{plain(problem[:1].upper() + problem[1:])}.")
        st.info("Choose another workflow, another comparison, or a longer period above.")
        return
    st.markdown(f"## {plain(workflow)} has no variants yet")
    st.markdown(
        "A variant is one of two ways to handle a workflow, told apart by a tag, macro, group or field. Write them "
        "into `config/workflows.yml`, the one that everything else belongs to as the default:"
    )
    st.code(VARIANTS, language="yaml")
    st.markdown(
        "Who gets which is best drawn by lot: `flowmeter split` writes the rule for Zendesk or Shopify Flow that tags "
        "customers so. Then run:"
    )
    st.code("flowmeter split --help\nflowmeter refresh", language=None)
    st.markdown("Without variants, groups, channels, tags or the time before and after a date can be compared above.")
    st.caption(plain(problem))


VARIANTS = """variants:
  - key: b
    name: The new way
    rules:
      - tag: new_way
  - key: a
    name: As before
    default: true"""


def stale(snap: Snapshot) -> None:
    """A line above the page when the snapshot is too old to hold last week."""
    now = dt.datetime.now(dt.UTC)
    if is_stale(snap.snapshot_at, now):
        age = age_in_days(snap.snapshot_at, now)
        st.warning(
            f"This snapshot is {age} days old ({moment_in_words(snap.snapshot_at, snap.time_zone)}). "
            "Put newer exports into `data/exports/` and run `flowmeter refresh`."
        )


def _plain(text: str) -> str:
    return f"`{text}`" if "`" not in text else text
