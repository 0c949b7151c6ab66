"""How much of the past a state keeps, on routes whose order is known."""

from __future__ import annotations

import numpy as np

from simulation.calibrate.histories import contexts


def test_a_step_whose_next_depends_on_the_step_before_keeps_it() -> None:
    routes = [["a", "x", "p"], ["b", "x", "q"]] * 60
    found = contexts(routes, [("",)] * 120)
    assert found[0][1] == ("a", "x")
    assert found[1][1] == ("b", "x")


def test_a_step_whose_next_is_chance_forgets_the_step_before() -> None:
    rng = np.random.default_rng(1)
    routes = [[str(rng.choice(["a", "b"])), "x", str(rng.choice(["p", "q"]))] for _ in range(400)]
    assert {context[1] for context in contexts(routes, [("",)] * 400)} == {("x",)}


def test_what_came_two_steps_before_is_kept_with_what_lies_between() -> None:
    routes = [["a", "m", "x", "p"], ["b", "m", "x", "q"]] * 60
    assert contexts(routes, [("",)] * 120)[0][2] == ("a", "m", "x")


def test_forty_nine_cases_are_too_few() -> None:
    assert contexts([["a", "x", "p"], ["b", "x", "q"]] * 49, [("",)] * 98)[0][1] == ("x",)
    assert contexts([["a", "x", "p"], ["b", "x", "q"]] * 50, [("",)] * 100)[0][1] == ("a", "x")


def test_the_channel_counts_as_a_step_before() -> None:
    routes = [["x", "p"], ["x", "q"]] * 60
    found = contexts(routes, [("by phone",), ("by email",)] * 60)
    assert found[0][0] == ("by phone", "x")
