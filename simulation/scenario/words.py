"""Changes in words."""

from __future__ import annotations

from calendar import day_name
from collections.abc import Callable, Sequence
from typing import Any

from flowmeter.config_models import WEEKDAYS, Weekday
from simulation.scenario import document as d
from simulation.scenario.document import Change


def change_told(change: Change) -> str:
    """What a change does, as a phrase without a full stop."""
    return _WORDS[change.name](change.lever)


def _percent(value: float) -> str:
    return f"{value * 100:.4g}%"


def _days(days: Sequence[Weekday]) -> str:
    """Every day, Monday to Friday, or on Monday, Saturday."""
    places = sorted(WEEKDAYS.index(day) for day in days)
    if len(places) == len(WEEKDAYS):
        return "every day"
    names = [day_name[place] for place in places]
    if len(places) > 2 and places[-1] - places[0] == len(places) - 1:
        return f"{names[0]} to {names[-1]}"
    return f"on {', '.join(names)}"


def _whose(lever: d.Volume | d.ProactiveMessage | d.Surge) -> str:
    where = f" by {lever.channel}" if lever.channel else ""
    return f"contacts of {lever.workflow or 'all workflows'}{where}"


def _at(lever: d.OfStep | d.Add) -> str:
    return f"'{lever.step}' of {lever.workflow}"


def _volume(lever: d.Volume) -> str:
    return f"{_percent(abs(lever.change))} {'more' if lever.change >= 0 else 'fewer'} {_whose(lever)}"


def _message(lever: d.ProactiveMessage) -> str:
    fee = f", {lever.messages_a_week:g} messages a week at {lever.fee:g}" if lever.fee else ""
    return f"a message spares {_percent(lever.avoided)} of the {_whose(lever)}{fee}"


def _automate(lever: d.Automate) -> str:
    return f"a bot takes {_at(lever)} and does {_percent(lever.containment)} of it by itself"


def _containment(lever: d.Containment) -> str:
    return f"the bot of {lever.workflow} ends {_percent(lever.to)} of its visits by itself"


def _shorten(lever: d.Shorten) -> str:
    how = f"{_percent(lever.by)} less" if lever.by is not None else f"{lever.minutes:g} minutes of"
    return f"{how} work at {_at(lever)}"


def _skip(lever: d.Skip) -> str:
    return f"{_percent(lever.share)} of the tickets skip {_at(lever)}"


def _remove(lever: d.Remove) -> str:
    return f"no {_at(lever)} any more"


def _merge(lever: d.Merge) -> str:
    saved = f" and save {lever.minutes_saved:g} minutes" if lever.minutes_saved else ""
    return f"'{lever.steps[0]}' and '{lever.steps[1]}' of {lever.workflow} are one visit{saved}"


def _add(lever: d.Add) -> str:
    where = f"after '{lever.after}'" if lever.after else f"before '{lever.before}'"
    part = f", for {_percent(lever.share)} of the tickets" if lever.share < 1 else ""
    return f"{_at(lever)}, {lever.minutes:g} minutes by {lever.group}, {where}{part}"


def _move(lever: d.Move) -> str:
    return f"{_at(lever)} comes before '{lever.before}'"


def _route(lever: d.Route) -> str:
    what = f"'{lever.step}' of {lever.workflow}" if lever.step else f"all work on {lever.workflow}"
    return f"{what} goes to {lever.to}"


def _misroutes(lever: d.Misroutes) -> str:
    return f"{_percent(lever.fewer)} fewer tickets of {lever.workflow} are sent to '{lever.step}' by mistake"


def _priorities(lever: d.Priorities) -> str:
    ahead = ", ".join(f"{name} {hours:g} h" for name, hours in lever.hours_ahead.items())
    return f"ahead of the queue of {lever.group or 'every group'}: {ahead}"


def _batch(lever: d.Batch) -> str:
    if lever.size == 1:
        return f"{_at(lever)} is not batched"
    return f"{_at(lever)} is done {lever.size} at a time, or after {lever.hours:g} hours"


def _auto_close(lever: d.AutoClose) -> str:
    return f"{lever.workflow} closes by itself after {lever.days:g} days without an answer"


def _staff(lever: d.Staff) -> str:
    count = abs(lever.agents)
    return f"{count} agent{'s' * (count != 1)} {'more' if lever.agents >= 0 else 'fewer'} in {lever.group}"


def _shifts(lever: d.Shifts) -> str:
    return f"{lever.group or lever.agent} works {lever.hours} {_days(lever.days)}"


def _extend(lever: d.Extend) -> str:
    parts = [(lever.hours_earlier, "begins", "earlier"), (lever.hours_later, "ends", "later")]
    how = " and ".join(f"{verb} {hours:g} h {when}" for hours, verb, when in parts if hours)
    return f"{lever.group} {how or 'keeps its shifts'} {_days(lever.days)}"


def _wages(lever: d.Wages) -> str:
    how = f"changes by {lever.change * 100:+.4g}%" if lever.change is not None else f"costs {lever.hourly:g}"
    return f"an hour of work in {lever.group or 'every group'} {how}"


def _fees(lever: d.Fees) -> str:
    named = {key.replace("_", " "): value for key, value in lever.model_dump(exclude_none=True).items()}
    return "fees: " + ", ".join(f"{key} {value:g}" for key, value in named.items())


def _surge(lever: d.Surge) -> str:
    return f"{lever.factor:g} times the {_whose(lever)} for {lever.days} days from day {lever.from_day}"


_WORDS: dict[str, Callable[[Any], str]] = {
    "volume": _volume,
    "proactive_message": _message,
    "automate": _automate,
    "containment": _containment,
    "shorten": _shorten,
    "skip": _skip,
    "remove": _remove,
    "merge": _merge,
    "add": _add,
    "move": _move,
    "route": _route,
    "misroutes": _misroutes,
    "priorities": _priorities,
    "batch": _batch,
    "auto_close": _auto_close,
    "staff": _staff,
    "shifts": _shifts,
    "extend": _extend,
    "wages": _wages,
    "fees": _fees,
    "surge": _surge,
}
