"""Scenarios read, checked against a shop, and made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flowmeter.checked_file import KeyPath, Source, explained, parse_yaml
from flowmeter.errors import ConfigError
from simulation.parameters import Parameters
from simulation.scenario import bot_levers, close_lever, demand_levers, people_levers, step_levers
from simulation.scenario.document import Scenario
from simulation.scenario.find import RefusedError

LEVERS: dict[str, Callable[[Parameters, Any], Parameters]] = {
    "volume": demand_levers.volume,
    "proactive_message": demand_levers.proactive_message,
    "automate": bot_levers.automate,
    "containment": bot_levers.containment,
    "shorten": step_levers.shorten,
    "skip": step_levers.skip,
    "remove": step_levers.remove,
    "merge": step_levers.merge,
    "add": step_levers.add,
    "move": step_levers.move,
    "route": step_levers.route,
    "misroutes": step_levers.misroutes,
    "priorities": people_levers.priorities,
    "batch": step_levers.batch,
    "auto_close": close_lever.auto_close,
    "staff": people_levers.staff,
    "shifts": people_levers.shifts,
    "extend": people_levers.extend,
    "wages": people_levers.wages,
    "fees": demand_levers.fees,
    "surge": demand_levers.surge,
}


def apply(shop: Parameters, scenario: Scenario) -> Parameters:
    """The shop with all changes made, one after the other in the order written.

    Raises RefusedError for a change that this shop cannot make; a scenario that `parse` accepted for it has none.
    """
    for change in scenario.changes:
        shop = LEVERS[change.name](shop, change.lever)
    return shop


def parse(text: str, shown_as: str, shop: Parameters) -> Scenario:
    """A scenario document (YAML or JSON) for this shop.

    Raises ConfigError, in one sentence, for the first thing that is wrong: file, line, key and what would be accepted.
    """
    try:
        source = parse_yaml(text, Path(shown_as), shown_as)
        scenario = Scenario.model_validate(source.values)
    except ConfigError as error:
        raise _one_sentence(error) from error
    except ValidationError as failure:
        raise _one_sentence(explained(source, failure.errors(include_url=False)[0])) from failure
    for number, change in enumerate(scenario.changes):
        try:
            shop = LEVERS[change.name](shop, change.lever)
        except RefusedError as refused:
            raise _refused(source, ("changes", number, change.name, refused.field), refused) from refused
    return scenario


def _refused(source: Source, path: KeyPath, refused: RefusedError) -> ConfigError:
    return source.error(path if path in source.lines else path[:-1], str(refused))


def _one_sentence(error: ConfigError) -> ConfigError:
    """The parts of an error joined: what is wrong; what would be accepted."""
    parts = [error.what]
    if error.expected:
        parts.append(f"expected {error.expected}" + (f", found {error.found}" if error.found else ""))
    if error.next_step:
        parts.append(error.next_step[0].lower() + error.next_step[1:])
    return ConfigError("; ".join(parts), error.where)
