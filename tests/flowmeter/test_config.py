"""Every mistake in a shop's own files is told with file, line, key, and the way out."""

from __future__ import annotations

import pytest

from flowmeter.config import load_config
from flowmeter.errors import ConfigError
from flowmeter.settings import Home


def test_the_templates_are_a_valid_shop(home: Home) -> None:
    config = load_config(home)
    assert [workflow.key for workflow in config.workflows] == [
        "returns",
        "order_updates",
        "onboarding",
        "cart_recovery",
        "ticket_routing",
    ]
    assert config.sources.zendesk.bot_user_ids == [900000000001]
    assert len(config.schedules.schedules[0].holidays) == 27


MISTAKES = [
    (
        "workflows.yml",
        "ruls:\n",
        "rules:\n",
        "line 19, key 'workflows[1].ruls': unknown key 'ruls'. Did you mean 'rules'?",
    ),
    ("workflows.yml", "tags: returns", "tag: returns", "line 20, key 'workflows[1].rules[1].tags': unknown key 'tags'"),
    ("workflows.yml", "key: returns", "key: order_updates", "'returns' is there twice, first on line 16"),
    ("workflows.yml", "key: all", "key: returns", "'all' is a word of Flowmeter's own"),
    ("workflows.yml", "key: Rück", "key: returns", "key 'workflows[1].key': this value does not fit"),
    (
        "workflows.yml",
        '"(?i)^(return"',
        '"(?i)^(return of|refund for) order\\\\b"',
        "the pattern does not compile (missing )",
    ),
    (
        "workflows.yml",
        '"(?=x)"',
        '"(?i)^(return of|refund for) order\\\\b"',
        "the pattern does not compile (invalid perl",
    ),
    ("workflows.yml", "name: [Returns", "name: Returns", "this is not readable YAML"),
    ("workflows.yml", "- priority:", "- tag: returns", "a rule needs a condition, such as `tag: returns`"),
    ("workflows.yml", "default: maybe", "default: true", "Expected true or false. Found 'maybe'."),
    (
        "costs.yml",
        "default: 32.00\n  default: 5",
        "default: 32.00",
        "this key is written twice. Found it on line 5 as well",
    ),
    ("costs.yml", "from: 2025-13", "from: 2025-11", "'2025-13' is no month. Write it like 2025-11."),
    ("costs.yml", "from: 2025-11\n    to: 2025-10", "from: 2025-11", "ends (2025-10) before it begins (2025-11)"),
    ("costs.yml", "amount: a lot", "amount: 1150.00", "Expected an amount such as 12.50. Found 'a lot'."),
    ("costs.yml", "cap_minutes: 0", "cap_minutes: 15", "Expected greater than 0. Found '0'."),
    ("targets.yml", "value: good", "value: 0.80", "key 'targets[1].value': this value does not fit. Expected a number"),
    (
        "targets.yml",
        "metric: csta",
        "metric: csat",
        "line 7, key 'targets[1].metric': there is no metric 'csta'. Did you mean 'csat'?",
    ),
    (
        "targets.yml",
        "metric: first_reply_mins",
        "metric: first_reply_minutes",
        "line 25, key 'targets[10].metric': there is no metric 'first_reply_mins'. Did you mean 'first_reply_minutes'?",
    ),
    (
        "targets.yml",
        "workflow: retruns",
        "workflow: returns",
        "there is no workflow 'retruns'. Did you mean 'returns'?",
    ),
    ("schedules.yml", "default: suport", "default: support", "line 4, key 'default': there is no schedule 'suport'"),
    ("schedules.yml", "Night: nihgt", "Night: night", "there is no schedule 'nihgt'. Did you mean 'night'?"),
    ("schedules.yml", "2025-02-30", "2025-12-26", "this date does not exist. Expected a day of the calendar"),
    ("schedules.yml", "someday", "2025-12-26", "Expected a date such as 2026-12-25. Found 'someday'."),
    ("schedules.yml", '"08:00-25:00"', '"08:00-18:00"', "'08:00-25:00' are no opening hours"),
    ("schedules.yml", '"08:00-08:00"', '"08:00-18:00"', "opens and closes at the same time"),
    ("schedules.yml", "key: support", "key: night", "schedule 'support' is there twice for the same days"),
    ("sources.yml", "Europe/Berln", "Europe/Berlin", "'Europe/Berln' is no time zone. Did you mean 'Europe/Berlin'?"),
    (
        "sources.yml",
        "kind: nps",
        "kind: ces",
        "key 'surveys[1].kind': this value does not fit. Expected 'ces' or 'csat'",
    ),
    (
        "sources.yml",
        "",
        "      ticket: Ticket ID\n",
        "key 'surveys[1].columns': 'ticket' is missing. Add 'ticket' there.",
    ),
    ("sources.yml", "scale_max: 1", "scale_max: 7", "scale_max (1) must be above scale_min (1)"),
    ("sources.yml", "method: agree", "method: mean", "not computed by this version"),
    ("sources.yml", "bot_user_ids: [bot]", "bot_user_ids: [900000000001]", "Expected a whole number. Found 'bot'."),
    (
        "../flowmeter.toml",
        "cohort_day = 7",
        "cohort_days = 7",
        "flowmeter.toml line 12, key 'kpi.cohort_day': unknown key",
    ),
    ("../flowmeter.toml", "cohort_days = 0", "cohort_days = 7", "Expected greater than or equal to 1. Found '0'."),
    ("../flowmeter.toml", "currency = Euro", 'currency = "EUR"', "flowmeter.toml line 6: this is not readable TOML"),
]


@pytest.mark.parametrize(("file", "wrong", "right", "told"), MISTAKES, ids=[mistake[3][:40] for mistake in MISTAKES])
def test_a_mistake_names_file_line_key_and_the_way_out(
    home: Home, file: str, wrong: str, right: str, told: str
) -> None:
    path = home.config_dir / file
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(home)
    assert told in str(caught.value)
    assert str(caught.value).startswith(file.removeprefix("../") if ".." in file else f"config/{file} line ")


def test_several_mistakes_in_a_file_are_counted(home: Home) -> None:
    path = home.config_dir / "targets.yml"
    path.write_text("targets:\n  - {metric: csat, value: a}\n  - {metric: ces, value: b}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"line 2.*\(1 more in this file\)"):
        load_config(home)


def test_a_missing_file_says_what_writes_it(home: Home) -> None:
    (home.config_dir / "costs.yml").unlink()
    with pytest.raises(ConfigError, match=r"config/costs.yml: the file does not exist. `flowmeter init"):
        load_config(home)


def test_words_of_a_rule_stay_words(home: Home) -> None:
    """YAML would read `no` as false, 0123 as 83 and 18:00 as 1080."""
    path = home.config_dir / "workflows.yml"
    path.write_text("workflows: [{key: w, name: W, rules: [{tag: [no, 0123, 18:00, 12]}]}]", encoding="utf-8")
    (home.config_dir / "targets.yml").write_text("", encoding="utf-8")
    assert load_config(home).workflows[0].rules[0].tag == ["no", "0123", "18:00", "12"]


def test_a_heading_with_only_comments_under_it_is_as_if_it_were_not_there(home: Home) -> None:
    (home.config_dir / "sources.yml").write_text("zendesk:\n  # nothing yet\nsurveys:\n", encoding="utf-8")
    assert load_config(home).sources.surveys == []


def test_two_periods_of_one_schedule_may_follow_each_other(home: Home) -> None:
    text = """
schedules:
  - {key: s, time_zone: UTC, hours: {mon: ["09:00-17:00"]}, valid_to: 2026-05-31}
  - {key: s, time_zone: UTC, hours: {mon: ["10:00-18:00"]}, valid_from: 2026-06-01}
"""
    (home.config_dir / "schedules.yml").write_text(text, encoding="utf-8")
    assert len(load_config(home).schedules.schedules) == 2
