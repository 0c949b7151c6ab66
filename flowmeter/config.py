"""The shop's own rules: reads config/*.yml, checks each file and what one file says about another."""

import re
from collections.abc import Iterator

import duckdb
from pydantic import BaseModel, ConfigDict

from flowmeter.checked_file import KeyPath, Source, nearest, read_yaml, validate
from flowmeter.config_models import (
    Costs,
    EventLogSource,
    Rule,
    Schedule,
    Schedules,
    Sources,
    Step,
    SurveySource,
    Target,
    TargetsFile,
    Workflow,
    WorkflowsFile,
)
from flowmeter.settings import CHECKOUT, Home, Settings, load_settings

__all__ = [
    "Config",
    "EventLogSource",
    "Rule",
    "Schedule",
    "Sources",
    "Step",
    "SurveySource",
    "Target",
    "Workflow",
    "load_config",
]

SLA_TARGETS = ("first_reply_minutes", "resolution_minutes")
"""Promised times of a ticket, which targets.yml takes beside the metrics."""

CONFIG_FILES = ("workflows.yml", "costs.yml", "targets.yml", "schedules.yml", "sources.yml")


class Config(BaseModel):
    """Everything a shop has set."""

    model_config = ConfigDict(frozen=True)

    settings: Settings
    workflows: list[Workflow]
    steps: list[Step]
    costs: Costs
    targets: list[Target]
    schedules: Schedules
    sources: Sources

    @property
    def body_patterns(self) -> list[str]:
        """Every pattern that a rule looks for in a message's text, in file order; ingest notes which of them match."""
        rules = [rule for workflow in self.workflows for rule in _rules(workflow)]
        return list(dict.fromkeys(pattern for rule in rules for pattern in rule.body or []))


def load_config(home: Home) -> Config:
    """Reads flowmeter.toml and config/*.yml. Raises ConfigError with file, line, key and the nearest valid one."""
    settings = load_settings(home)
    files = {name: read_yaml(home.config_dir / name, f"config/{name}") for name in CONFIG_FILES}
    workflows = validate(files["workflows.yml"], WorkflowsFile)
    config = Config(
        settings=settings,
        workflows=workflows.workflows,
        steps=workflows.steps,
        costs=validate(files["costs.yml"], Costs),
        targets=validate(files["targets.yml"], TargetsFile).targets,
        schedules=validate(files["schedules.yml"], Schedules),
        sources=validate(files["sources.yml"], Sources),
    )
    _check_workflows(files["workflows.yml"], config)
    _check_targets(files["targets.yml"], config)
    _check_schedules(files["schedules.yml"], config)
    _check_sources(files["sources.yml"], config)
    return config


def _rules(workflow: Workflow) -> Iterator[Rule]:
    yield from workflow.rules
    for variant in workflow.variants:
        yield from variant.rules


def _check_workflows(source: Source, config: Config) -> None:
    _refuse_repeated(source, ("workflows",), "key", [workflow.key for workflow in config.workflows])
    for number, workflow in enumerate(config.workflows):
        path: KeyPath = ("workflows", number)
        _check_patterns(source, (*path, "rules"), workflow.rules)
        _refuse_repeated(source, (*path, "variants"), "key", [variant.key for variant in workflow.variants])
        for position, variant in enumerate(workflow.variants):
            _check_patterns(source, (*path, "variants", position, "rules"), variant.rules)
        if sum(variant.default for variant in workflow.variants) > 1:
            raise source.error((*path, "variants"), "two variants are the default", next_step="Leave it to one of them")
    _check_steps(source, config)


def _check_steps(source: Source, config: Config) -> None:
    known = [workflow.key for workflow in config.workflows]
    for number, step in enumerate(config.steps):
        for key in step.workflow or []:
            _refuse_unknown(source, ("steps", number, "workflow"), "workflow", key, known)


def _check_patterns(source: Source, path: KeyPath, rules: list[Rule]) -> None:
    """Tries each pattern in DuckDB, which will run them: its dialect has no look-ahead and Python's has."""
    for number, rule in enumerate(rules):
        for key, patterns in (("subject", rule.subject), ("body", rule.body)):
            for pattern in patterns or []:
                if problem := _pattern_problem(pattern):
                    raise source.error(
                        (*path, number, key),
                        f"the pattern does not compile ({problem})",
                        found=f"'{pattern}'",
                        next_step="Put a backslash before a sign that is meant literally, such as \\( or \\?",
                    )


def _pattern_problem(pattern: str) -> str:
    try:
        with duckdb.connect() as connection:
            connection.execute("select regexp_matches('', $1)", [pattern]).fetchall()
    except duckdb.Error as error:
        return str(error).removeprefix("Invalid Input Error: ").splitlines()[0]
    return ""


def _check_targets(source: Source, config: Config) -> None:
    workflows = [workflow.key for workflow in config.workflows]
    metrics = [*SLA_TARGETS, *_metric_keys()]
    for number, target in enumerate(config.targets):
        _refuse_unknown(source, ("targets", number, "metric"), "metric", target.metric, metrics)
        if target.workflow != "all":
            _refuse_unknown(source, ("targets", number, "workflow"), "workflow", target.workflow, workflows)


def _metric_keys() -> list[str]:
    """The keys of every metric, from the one place that defines them."""
    definitions = (CHECKOUT / "transforms" / "macros" / "metrics.sql").read_text(encoding="utf-8")
    return re.findall(r"\{key: (\w+),", definitions)


def _check_schedules(source: Source, config: Config) -> None:
    schedules = config.schedules
    for number, schedule in enumerate(schedules.schedules):
        for earlier in schedules.schedules[:number]:
            if earlier.key == schedule.key and _periods_overlap(earlier, schedule):
                raise source.error(
                    ("schedules", number, "key"),
                    f"schedule '{schedule.key}' is there twice for the same days",
                    next_step="Give the two valid_from and valid_to that do not overlap, or different keys",
                )
    known = sorted({schedule.key for schedule in schedules.schedules})
    if schedules.default is not None:
        _refuse_unknown(source, ("default",), "schedule", schedules.default, known)
    for group, key in schedules.groups.items():
        _refuse_unknown(source, ("groups", group), "schedule", key, known)


def _periods_overlap(one: Schedule, other: Schedule) -> bool:
    starts_late = one.valid_from and other.valid_to and one.valid_from > other.valid_to
    ends_early = one.valid_to and other.valid_from and one.valid_to < other.valid_from
    return not (starts_late or ends_early)


def _check_sources(source: Source, config: Config) -> None:
    _refuse_repeated(source, ("surveys",), "name", [survey.name for survey in config.sources.surveys])
    _refuse_repeated(source, ("event_logs",), "name", [log.name for log in config.sources.event_logs])


def _refuse_repeated(source: Source, path: KeyPath, key: str, names: list[str]) -> None:
    for number, name in enumerate(names):
        if name in names[:number]:
            first = source.line((*path, names.index(name), key))
            raise source.error((*path, number, key), f"'{name}' is there twice, first on line {first}")


def _refuse_unknown(source: Source, path: KeyPath, kind: str, name: str, known: list[str]) -> None:
    if name not in known:
        raise source.error(path, f"there is no {kind} '{name}'", next_step=nearest(name, known))
