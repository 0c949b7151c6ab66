"""The shop's configuration as tables: schema `config` of the scratch file that dbt reads beside the raw one."""

import datetime as dt
import zoneinfo
from collections.abc import Iterator
from decimal import Decimal

import duckdb

from flowmeter.config import Config
from flowmeter.config_models import WEEKDAYS, FixedCost, Rule, Schedule

Row = tuple[object, ...]
MINUTES_OF_DAY = 24 * 60

# One entry per table: its columns, as transforms/models/staging/_sources.yml expects them.
TABLES = {
    "setting": """
        shop_name varchar, currency varchar, time_zone varchar, cohort_days integer, auto_close_days integer,
        cart_window_days integer, snapshot_at timestamp, helpdesk_url varchar, handle_cap_minutes double,
        handle_floor_minutes double, minutes_per_message double, minutes_per_ticket double,
        tracked_time_field_id bigint, reason_field_id varchar, language_field_id varchar,
        fee_per_ticket decimal(18, 6),
        fee_per_message decimal(18, 6), fee_per_automated_resolution decimal(18, 6),
        default_hourly_cost decimal(18, 6), default_schedule varchar""",
    "workflow": """
        workflow varchar, name varchar, description varchar, position integer, color_index integer,
        is_order_status boolean, is_cart_recovery boolean""",
    "rule": """
        scope varchar, workflow varchar, target varchar, rule_no integer, field varchar, argument varchar,
        "values" varchar[]""",
    "step_rule": 'step_no integer, step varchar, field varchar, "values" varchar[]',
    "variant": "workflow varchar, variant varchar, name varchar, position integer",
    "group_cost": "group_name varchar, hourly_cost decimal(18, 6)",
    "fixed_cost": "name varchar, month date, amount decimal(18, 2)",
    "target": 'metric varchar, workflow varchar, priority varchar, "value" double',
    "schedule_hours": """
        schedule varchar, time_zone varchar, weekday integer, opens varchar, closes varchar, valid_from date,
        valid_to date""",
    "schedule_holiday": "schedule varchar, day date",
    "group_schedule": "group_name varchar, schedule varchar",
    "bot_user": "user_id bigint",
    "bot_channel": "channel varchar",
    "outreach_channel": "channel varchar",
    "test_tag": "tag varchar",
    "spam_tag": "tag varchar",
    "survey": """
        survey varchar, kind varchar, scale_min double, scale_max double, higher_is_easier boolean, method varchar,
        satisfied_from double, question varchar""",
    "event_log": """
        log varchar, channel_attribute varchar, workflow_attribute varchar, group_attribute varchar,
        priority_attribute varchar, csat_attribute varchar, csat_at_attribute varchar, csat_scale_max double,
        subject_attribute varchar, customer_attribute varchar, url_attribute varchar""",
}


def write_config_tables(connection: duckdb.DuckDBPyConnection, config: Config, snapshot_at: dt.datetime) -> None:
    """Creates schema `config` in the connection's database. `snapshot_at` is the resolved snapshot, naive UTC."""
    connection.execute("create schema config").fetchall()
    for table, rows in config_rows(config, snapshot_at).items():
        connection.execute(f"create table config.{table} ({TABLES[table]})").fetchall()
        for row in rows:
            marks = ", ".join("?" * len(row))
            connection.execute(f"insert into config.{table} values ({marks})", row).fetchall()


def config_rows(config: Config, snapshot_at: dt.datetime) -> dict[str, list[Row]]:
    """The rows of every table, in the order of its columns."""
    sources = config.sources
    zendesk = sources.zendesk
    return {
        "setting": [_setting(config, snapshot_at)],
        "workflow": list(_workflows(config)),
        "rule": list(_rules(config)),
        "step_rule": list(_step_rules(config)),
        "variant": [
            (workflow.key, variant.key, variant.name, position)
            for workflow in config.workflows
            for position, variant in enumerate(workflow.variants, start=1)
        ],
        "group_cost": [*config.costs.hourly_cost.groups.items()],
        "fixed_cost": [row for cost in config.costs.fixed_monthly for row in _months(cost, config, snapshot_at)],
        "target": [(target.metric, target.workflow, target.priority, target.value) for target in config.targets],
        "schedule_hours": [row for schedule in config.schedules.schedules for row in _hours(schedule)],
        "schedule_holiday": sorted(
            {(schedule.key, day) for schedule in config.schedules.schedules for day in schedule.holidays}
        ),
        "group_schedule": [*config.schedules.groups.items()],
        "bot_user": [(user,) for user in sorted(set(zendesk.bot_user_ids))],
        "bot_channel": [(channel,) for channel in sorted(set(zendesk.bot_channels))],
        "outreach_channel": [(channel,) for channel in sorted(set(zendesk.outreach_not))],
        "test_tag": [(tag,) for tag in sorted(set(zendesk.test_tags))],
        "spam_tag": [(tag,) for tag in sorted(set(zendesk.spam_tags))],
        "survey": list(_surveys(config)),
        "event_log": list(_event_logs(config)),
    }


def _setting(config: Config, snapshot_at: dt.datetime) -> Row:
    shop, kpi, zendesk = config.settings.shop, config.settings.kpi, config.sources.zendesk
    fees, handle = config.costs.fees, config.costs.handle_time
    return (
        shop.name, shop.currency, shop.time_zone, kpi.cohort_days, kpi.auto_close_days, kpi.cart_window_days,
        snapshot_at, zendesk.url.rstrip("/") or None, handle.cap_minutes, handle.floor_minutes,
        handle.minutes_per_message, handle.minutes_per_ticket, zendesk.tracked_time_field_id,
        _text(zendesk.reason_field_id), _text(zendesk.language_field_id), fees.per_ticket, fees.per_message,
        fees.per_automated_resolution, config.costs.hourly_cost.default, config.schedules.default,
    )  # fmt: skip


def _text(field: int | str | None) -> str | None:
    return None if field is None else str(field)


def _workflows(config: Config) -> Iterator[Row]:
    for position, workflow in enumerate(config.workflows, start=1):
        yield (
            workflow.key, workflow.name, workflow.description, position, position - 1,
            workflow.order_status, workflow.cart_recovery,
        )  # fmt: skip


def _rules(config: Config) -> Iterator[Row]:
    """One row per condition. `rule_no` is the order in which rules are tried; a default variant comes last."""
    number = 0
    for workflow in config.workflows:
        for rule in workflow.rules:
            number += 1
            for condition in _conditions(rule):
                yield ("workflow", workflow.key, workflow.key, number, *condition)
        for variant in sorted(workflow.variants, key=lambda variant: variant.default):
            for rule in variant.rules:
                number += 1
                for condition in _conditions(rule):
                    yield ("variant", workflow.key, variant.key, number, *condition)
            if variant.default:
                number += 1
                yield ("variant", workflow.key, variant.key, number, "always", None, [])


def _step_rules(config: Config) -> Iterator[Row]:
    """One row per condition of a step that has any."""
    for number, step in enumerate(config.steps, start=1):
        words = {"state": step.state, "group": step.group, "tag": step.tag, "workflow": step.workflow}
        for field, values in words.items():
            if values is not None:
                yield number, step.name, field, list(values)


def _conditions(rule: Rule) -> Iterator[tuple[str, str | None, list[str]]]:
    words = {
        "tag": rule.tag, "group": rule.group, "form": rule.form, "channel": rule.channel, "macro": rule.macro,
        "subject": rule.subject, "body": rule.body, "priority": rule.priority,
    }  # fmt: skip
    for field, values in words.items():
        if values is not None:
            yield field, None, values
    for argument, values in (rule.field or {}).items():
        yield "field", argument, values
    for field, day in (("created_from", rule.created_from), ("created_before", rule.created_before)):
        if day is not None:
            yield field, None, [day.isoformat()]


def _months(cost: FixedCost, config: Config, snapshot_at: dt.datetime) -> Iterator[tuple[str, dt.date, Decimal]]:
    zone = zoneinfo.ZoneInfo(config.settings.shop.time_zone)
    today = snapshot_at.replace(tzinfo=dt.UTC).astimezone(zone).date()
    month, last = cost.first, min(cost.last or today, today)
    while month <= last:
        yield cost.name, month, cost.amount
        month = (month + dt.timedelta(days=31)).replace(day=1)


def _hours(schedule: Schedule) -> Iterator[Row]:
    """Opening hours without overlaps: a minute that two entries cover is open once."""
    for weekday, spans in _merged(schedule).items():
        for opens, closes in spans:
            yield (
                schedule.key, schedule.time_zone, weekday, _clock(opens), _clock(closes),
                schedule.valid_from, schedule.valid_to,
            )  # fmt: skip


def _merged(schedule: Schedule) -> dict[int, list[tuple[int, int]]]:
    """Spans in minutes of the day they open on, by weekday (1 is Monday); past midnight exceeds 1440."""
    spans = {
        weekday: _joined([_span(text) for text in schedule.hours.get(name, [])])
        for weekday, name in enumerate(WEEKDAYS, start=1)
    }
    for weekday, open_until in [(day, max((end for _, end in spans[day]), default=0)) for day in spans]:
        tomorrow = weekday % 7 + 1
        if any(start < open_until - MINUTES_OF_DAY for start, _ in spans[tomorrow]):
            # The night shift runs into the next day's hours: cut it at midnight and join what follows there.
            spans[weekday] = [(start, min(end, MINUTES_OF_DAY)) for start, end in spans[weekday]]
            spans[tomorrow] = _joined([*spans[tomorrow], (0, open_until - MINUTES_OF_DAY)])
    return spans


def _span(text: str) -> tuple[int, int]:
    opens, closes = (int(clock[:2]) * 60 + int(clock[3:]) for clock in text.split("-"))
    return opens, closes if closes > opens else closes + MINUTES_OF_DAY


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _clock(minutes: int) -> str:
    if minutes > MINUTES_OF_DAY:
        minutes -= MINUTES_OF_DAY
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _surveys(config: Config) -> Iterator[Row]:
    for survey in config.sources.surveys:
        yield (
            survey.name, survey.kind, survey.scale_min, survey.scale_max, survey.higher_is_easier, survey.method,
            survey.satisfied_from, survey.question or None,
        )  # fmt: skip


def _event_logs(config: Config) -> Iterator[Row]:
    for log in config.sources.event_logs:
        csat = log.csat
        yield (
            log.name, log.channel, log.workflow, log.columns.group, log.priority, csat.score if csat else None,
            csat.answered_at if csat else None, csat.scale_max if csat else None, log.subject, log.customer, log.url,
        )  # fmt: skip
