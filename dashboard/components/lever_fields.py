"""The levers of a scenario as fields of a form, in the words of an owner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from flowmeter.config_models import WEEKDAYS
from simulation.parameters import PRIORITIES

LEVERS: Mapping[str, tuple[str, Sequence[str]]] = {
    "staff": ("More or fewer people in a group", ("group", "agents")),
    "shifts": ("Other working hours", ("group", "agent", "days", "hours")),
    "extend": ("Longer shifts", ("group", "days", "hours_earlier", "hours_later")),
    "automate": ("A bot takes a step first", ("step", "containment", "minutes", "fee")),
    "containment": ("The bot solves more or less", ("to_share",)),
    "shorten": ("A step takes less work (a macro)", ("step", "by")),
    "skip": ("Some tickets pass a step by", ("step", "share")),
    "remove": ("Nobody does a step any more", ("step",)),
    "merge": ("Two steps become one", ("steps", "minutes_saved")),
    "add": ("A new step", ("step_name", "after", "group", "minutes", "share")),
    "move": ("A step is done earlier", ("step", "before")),
    "route": ("Another group does the work", ("step_or_all", "to_group")),
    "misroutes": ("Fewer tickets sent to the wrong group", ("step", "fewer")),
    "priorities": ("Another order of the queue", ("group_or_all", "hours_ahead")),
    "batch": ("Work is collected, or no longer", ("step", "size", "hours_wait")),
    "auto_close": ("When silent tickets are closed", ("close_days",)),
    "proactive_message": ("Customers are told before they ask", ("avoided", "messages_a_week", "fee")),
    "volume": ("More or fewer tickets come in", ("channel", "change")),
    "surge": ("A rush for some days", ("channel", "factor", "from_day", "surge_days")),
    "wages": ("What an hour costs", ("group_or_all", "change")),
    "fees": ("What providers charge", ("per_ticket", "per_reply", "per_automated_resolution", "fixed_per_week")),
}
"""What each lever is called and which fields it shows, in the order in which owners ask for them."""

OF_A_WORKFLOW = frozenset(
    {"automate", "containment", "shorten", "skip", "remove", "merge", "add", "move", "route", "misroutes", "batch",
     "auto_close", "proactive_message"}
)  # fmt: skip
OF_ANY_WORKFLOW = frozenset({"volume", "surge"})


@dataclass(frozen=True)
class Offer:
    """What can be chosen: steps of the workflow, groups, agents by their label, channels."""

    steps: Sequence[str]
    groups: Sequence[str]
    agents: Mapping[str, str]
    channels: Sequence[str]


Made = dict[str, Any]
Field = Callable[[Offer, str], Made]
"""Shows a field (with its widget's key) and gives what it adds to the lever."""


def fields(lever: str, offer: Offer) -> Made:
    """Shows the fields of a lever and gives what they say, as the scenario document has it."""
    made: Made = {}
    for name in LEVERS[lever][1]:
        made |= FIELDS[name](offer, f"lever_{lever}_{name}")
    return {name: value for name, value in made.items() if value is not None}


def _choice(name: str, label: str, options: Callable[[Offer], Sequence[str]], free: str = "") -> Field:
    """One of the shop's own names; `free`: what it is called to choose none."""

    def show(offer: Offer, key: str) -> Made:
        found = [*([free] if free else []), *options(offer)]
        chosen = st.selectbox(label, found, key=key)
        return {} if chosen in {None, free} else {name: chosen}

    return show


def _percent(name: str, label: str, value: float, least: float = 0.0, most: float = 100.0, sign: str = "") -> Field:
    def show(_offer: Offer, key: str) -> Made:
        given = st.number_input(f"{label} (%)", least, most, value, step=5.0, format="%.0f", key=key)
        return {name: f"{given:{sign}g}%"}

    return show


def _number(name: str, label: str, value: float | None, least: float = 0.0, step: float = 1.0) -> Field:
    def show(_offer: Offer, key: str) -> Made:
        given = st.number_input(label, min_value=least, value=value, step=step, key=key)
        return {name: given}

    return show


def _whole(name: str, label: str, value: int, least: int = 1) -> Field:
    def show(_offer: Offer, key: str) -> Made:
        return {name: int(st.number_input(label, min_value=least, value=value, step=1, key=key))}

    return show


def _step_name(_offer: Offer, key: str) -> Made:
    return {"step": st.text_input("Name of the new step", key=key, max_chars=80) or None}


def _agent(offer: Offer, key: str) -> Made:
    """An agent instead of a whole group."""
    everybody = "the whole group"
    chosen = st.selectbox(
        "Who", [everybody, *offer.agents], format_func=lambda who: offer.agents.get(who, who), key=key
    )
    return {} if chosen == everybody else {"agent": chosen, "group": None}


def _steps(offer: Offer, key: str) -> Made:
    first = st.selectbox("First step", offer.steps, key=f"{key}_1")
    second = st.selectbox("Second step", offer.steps, index=min(1, len(offer.steps) - 1), key=f"{key}_2")
    return {"steps": [first, second]}


def _days(_offer: Offer, key: str) -> Made:
    return {"days": st.multiselect("On", list(WEEKDAYS), list(WEEKDAYS[:5]), key=key)}


def _hours(_offer: Offer, key: str) -> Made:
    left, right = st.columns(2)
    begins = left.time_input("From", dt.time(9), key=f"{key}_from", step=900)
    ends = right.time_input("To", dt.time(17), key=f"{key}_to", step=900)
    return {"hours": f"{begins:%H:%M}-{ends:%H:%M}"}


def _hours_ahead(_offer: Offer, key: str) -> Made:
    columns = st.columns(2)
    found = {
        priority: columns[place % 2].number_input(
            f"{priority.capitalize()}: hours ahead", min_value=0.0, value=None, step=1.0, key=f"{key}_{priority}"
        )
        for place, priority in enumerate(reversed(PRIORITIES))
    }
    return {"hours_ahead": {priority: hours for priority, hours in found.items() if hours is not None}}


def _of_steps(offer: Offer) -> Sequence[str]:
    return offer.steps


def _of_groups(offer: Offer) -> Sequence[str]:
    return offer.groups


FIELDS: Mapping[str, Field] = {
    "step": _choice("step", "Step", _of_steps),
    "step_or_all": _choice("step", "Step", _of_steps, "the whole workflow"),
    "after": _choice("after", "After", _of_steps),
    "before": _choice("before", "Before", _of_steps),
    "steps": _steps,
    "step_name": _step_name,
    "group": _choice("group", "Group", _of_groups),
    "group_or_all": _choice("group", "Group", _of_groups, "all groups"),
    "to_group": _choice("to", "Group", _of_groups),
    "agent": _agent,
    "channel": _choice("channel", "Channel", lambda offer: offer.channels, "all channels"),
    "agents": _whole("agents", "People more (below 0: fewer)", 1, -100),
    "days": _days,
    "hours": _hours,
    "hours_earlier": _number("hours_earlier", "Hours earlier", 0.0, step=0.5),
    "hours_later": _number("hours_later", "Hours later", 1.0, step=0.5),
    "containment": _percent("containment", "The bot solves by itself", 30.0),
    "to_share": _percent("to", "The bot then solves by itself", 50.0),
    "minutes": _number("minutes", "Minutes it takes", 2.0, 0.1),
    "minutes_saved": _number("minutes_saved", "Minutes saved", 0.0),
    "fee": _number("fee", "Fee for each", 0.0, step=0.1),
    "by": _percent("by", "Less work", 20.0, 1.0, 99.0),
    "share": _percent("share", "Of the tickets there", 100.0),
    "fewer": _percent("fewer", "Fewer by", 50.0),
    "avoided": _percent("avoided", "Customers who then need not ask", 20.0),
    "messages_a_week": _number("messages_a_week", "Messages a week", 0.0),
    "hours_ahead": _hours_ahead,
    "size": _whole("size", "Tickets together (1: each at once)", 1),
    "hours_wait": _number("hours", "Or when the first has waited (hours)", 0.0),
    "close_days": _number("days", "Days of silence", 4.0, 0.1, 0.5),
    "change": _percent("change", "Change", 10.0, -100.0, 2000.0, "+"),
    "factor": _number("factor", "Times as many as usual", 3.0, step=0.5),
    "from_day": _whole("from_day", "From day", 1),
    "surge_days": _whole("days", "For how many days", 3),
    "per_ticket": _number("per_ticket", "Per ticket", None, step=0.1),
    "per_reply": _number("per_reply", "Per answer", None, step=0.1),
    "per_automated_resolution": _number("per_automated_resolution", "Per automated resolution", None, step=0.1),
    "fixed_per_week": _number("fixed_per_week", "Fixed, a week", None, step=10.0),
}
