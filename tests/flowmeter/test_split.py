"""`flowmeter split`: what is pasted gives every customer one arm, always the same, in equal shares."""

from __future__ import annotations

import re
from collections import Counter

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from flowmeter.cli import main
from flowmeter.config_models import Variant
from flowmeter.settings import Home
from flowmeter.split import PRIME, Tool, arm_of, liquid, rule, tag

Captured = pytest.CaptureFixture[str]
IDS = st.integers(min_value=1, max_value=10**14)


def rendered(template: str, **values: int) -> str:
    """The little of Liquid that is used: assign with plus, times and modulo, and if-elsif-else on `<`."""
    known: dict[str, int] = dict(values)

    def number(word: str) -> int:
        return known[word] if word in known else int(word)

    for name, formula in re.findall(r"{% assign (\w+) = (.*?) %}", template):
        start, *filters = (part.strip() for part in formula.split("|"))
        result = number(start)
        for step in filters:
            act, operand = (part.strip() for part in step.split(":"))
            other = number(operand)
            result = {"plus": result + other, "times": result * other, "modulo": result % other}[act]
        known[name] = result
    for name, limit, text in re.findall(r"{% (?:els)?if (\w+) < (\d+) %}([^{]*)", template):
        if known[name] < int(limit):
            return str(text)
    return template.split("{% else %}")[1].removesuffix("{% endif %}")


@given(customer=IDS, arms=st.sampled_from([("a", "b"), ("a", "b", "c"), ("old", "new")]))
def test_what_is_pasted_gives_the_arm_that_we_compute(customer: int, arms: tuple[str, ...]) -> None:
    template = liquid("id", "returns", arms).replace("= id |", "= customer |")
    assert rendered(template, customer=customer) == tag("returns", arm_of(customer, "returns", arms))


@settings(max_examples=20, deadline=None)
@given(
    start=IDS,
    stride=st.sampled_from([1, 2, 3, 5, 8, 10, 20, 32, 64, 100, 1000, 4096, 32_768, 65_536]),
    share=st.sampled_from([0.5, 0.2]),
)
def test_shares_are_right_whatever_the_stride_of_the_ids(start: int, stride: int, share: float) -> None:
    """Over PRIME ids in a row every hash occurs once, so that the shares are exact to one customer."""
    arms = Counter(arm_of(start + at * stride, "returns", ["a", "b"], share) for at in range(PRIME))
    assert arms["b"] == pytest.approx(PRIME * share, abs=1)


@pytest.mark.parametrize("stride", [1, 2, 10, 100, 32_768])
def test_few_customers_are_balanced_too(stride: int) -> None:
    """400 customers in a row, at 50 places: as even as coins (6 standard deviations), and no long runs."""
    for start in range(7_000_000_000_000, 7_000_050_000_000, 1_000_000_007):
        drawn = [arm_of(start + at * stride, "returns", ["a", "b"]) for at in range(400)]
        assert 140 <= drawn.count("b") <= 260
        assert max(len(run) for run in re.findall(r"a+|b+", "".join(drawn))) < 40


def test_two_tests_divide_customers_differently() -> None:
    ids = range(1_000, 11_000)
    both = sum(arm_of(at, "returns", ["a", "b"]) == arm_of(at, "order_updates", ["a", "b"]) for at in ids)
    assert 4_500 < both < 5_500


@pytest.mark.parametrize("tool", Tool)
def test_the_entry_fits_workflows_yml(tool: Tool) -> None:
    text = rule(tool, "returns", ["a", "b"])
    (entry,) = yaml.safe_load(text[text.index("  - key: returns") :])
    variants = [Variant.model_validate(one) for one in entry["variants"]]
    assert [(one.key, one.rules[0].tag) for one in variants] == [("a", ["returns_a"]), ("b", ["returns_b"])]


@pytest.mark.parametrize(("tool", "words"), [("zendesk", "ticket.requester.id"), ("shopify-flow", "legacyResourceId")])
def test_the_command_prints_the_rule(home: Home, capsys: Captured, tool: str, words: str) -> None:
    arguments = ["split", "--home", str(home.root), "--workflow", "returns", "--arms", "a,b", "--for", tool]
    assert main.run([*arguments, "--share", "0.25"]) == 0
    said = capsys.readouterr()
    assert words in said.out
    assert "{% if hash < 7505 %}returns_a{% else %}returns_b{% endif %}" in said.out
    assert "flowmeter refresh" in said.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--workflow", "return", "--arms", "a,b"), "Did you mean 'returns'?"),
        (("--workflow", "returns", "--arms", "a"), "two or more different arms"),
        (("--workflow", "returns", "--arms", "a,a"), "two or more different arms"),
        (("--workflow", "returns", "--arms", 'a,"b'), "is no key of a variant"),
        (("--workflow", "returns", "--arms", "a,b", "--share", "1"), "between 0 and 1"),
        (("--workflow", "returns", "--arms", "a,b,c", "--share", "0.5"), "exactly two arms"),
    ],
)
def test_a_wrong_question_is_a_usage_error(home: Home, capsys: Captured, arguments: tuple[str, ...], said: str) -> None:
    assert main.run(["split", "--home", str(home.root), *arguments, "--for", "zendesk"]) == 2
    shown = capsys.readouterr()
    assert said in " ".join(shown.err.split())
    assert not shown.out
