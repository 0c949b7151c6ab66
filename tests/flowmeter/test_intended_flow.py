"""Intended flows: a real `.flow` file, broken ones, and paths whose steps are not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flowmeter.config import load_config
from flowmeter.errors import ConfigError
from flowmeter.intended_flow import FlowLink, parse_flow, read_flow
from flowmeter.intention import check_paths, intention
from flowmeter.settings import Home

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "shopify-flow" / "bird_delivery_date.flow.json"


def flow(**changes: Any) -> str:
    steps = [
        {"step_id": "a", "task_id": "shopify::admin::add_tags", "task_type": "ACTION"},
        {"step_id": "t", "task_id": "shopify::admin::order_created", "task_type": "TRIGGER"},
    ]
    root = {"steps": steps, "links": [{"from_step_id": "t", "from_port_id": "output", "to_step_id": "a"}]}
    return json.dumps({"root": {**root, "workflow_name": "Tags", **changes}})


@pytest.mark.skipif(not REAL.exists(), reason="the public data are not beside the checkout")
def test_a_real_flow_reads_as_trigger_condition_and_action() -> None:
    found = parse_flow(REAL.read_text(encoding="utf-8"), REAL.name)
    assert found.name == "Bird Update Metafield: Delivery Date"
    assert [(step.kind, step.name) for step in found.steps] == [
        ("trigger", "Order created"),
        ("condition", "Check if Delivery Date key exists"),
        ("action", "Add order metafield"),
    ]
    assert found.steps[1].note == "any of order.customAttributes: customAttributes_item.key is Delivery Date"
    assert [link.label for link in found.links] == ["yes", ""]


@pytest.mark.parametrize("prefix", ["", "0f" * 32 + ":"])
def test_a_checksum_before_the_json_is_no_trouble(prefix: str) -> None:
    found = parse_flow(prefix + flow(), "flows/x.flow")
    assert [step.name for step in found.steps] == ["Order created", "Add tags"]
    assert found.links == (FlowLink("t", "a", ""),)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "flows/x.flow: this is no flow that can be read. Expected a .flow file"),
        ("[]", "Found no list of steps in it"),
        (flow(steps=[{"task_id": "x"}]), "a step has no 'step_id'"),
        (flow(links=[{"from_step_id": "t", "to_step_id": "z"}]), "leads to a step that is not there. Found step 'z'"),
    ],
)
def test_a_broken_flow_says_what_is_wrong(text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_flow(text, "flows/x.flow")
    assert told in str(caught.value)
    assert "xport" in str(caught.value)


def test_a_flow_is_read_from_the_shop_folder_only(home: Home) -> None:
    (home.root / "flows").mkdir()
    (home.root / "flows" / "x.flow").write_text(flow(), encoding="utf-8")
    assert read_flow(home, "flows/x.flow").name == "Tags"
    with pytest.raises(ConfigError, match="no such file in the shop folder"):
        read_flow(home, "flows/y.flow")
    with pytest.raises(ConfigError, match="outside the shop folder"):
        read_flow(home, "../x.flow")


def say(home: Home, lines: str) -> None:
    path = home.config_dir / "workflows.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("    name: Returns\n", f"    name: Returns\n{lines}", 1), encoding="utf-8")


def test_one_chain_or_several_may_be_written(home: Home) -> None:
    say(home, '    intended: ["Queue: Returns", Resolved]\n')
    assert load_config(home).workflows[0].intended == [["Queue: Returns", "Resolved"]]


def test_a_step_that_is_not_there_is_told_with_its_line(home: Home) -> None:
    say(home, '    intended:\n      - ["Queue: Returns", Resolved]\n      - ["Queue: Returns", "Workng: Returns"]\n')
    line = (home.config_dir / "workflows.yml").read_text(encoding="utf-8").split("Workng")[0].count("\n") + 1
    with pytest.raises(ConfigError) as caught:
        check_paths(
            home, "returns", intention(home, "returns").intended, ["Queue: Returns", "Working: Returns", "Resolved"]
        )
    assert str(caught.value) == (
        f"config/workflows.yml line {line}, key 'workflows[1].intended[2][2]': no ticket of 'returns' was ever in a "
        "step 'Workng: Returns'. Did you mean 'Working: Returns'?"
    )


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('    intended: [["Queue: Returns"]]\n', "intended"),
        (
            "    intended: [[A, B]]\n    intended_flow: x.flow\n",
            "either 'intended' (paths of steps) or 'intended_flow'",
        ),
        ("    intented: [[A, B]]\n", "Did you mean 'intended'?"),
    ],
)
def test_a_wrong_intention_is_refused(home: Home, lines: str, told: str) -> None:
    say(home, lines)
    with pytest.raises(ConfigError) as caught:
        load_config(home)
    assert told in str(caught.value)
    assert str(caught.value).startswith("config/workflows.yml line ")


def test_without_an_intention_it_says_where_to_write_one(home: Home) -> None:
    with pytest.raises(ConfigError, match="does not say how 'returns' should go"):
        intention(home, "returns")
