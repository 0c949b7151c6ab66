"""Computations behind the page: progress, stopping, failing, and who goes first."""

from __future__ import annotations

import threading

from dashboard.jobs import KEPT, Jobs, Report, Stopped, failure
from flowmeter.errors import WarehouseError

SOON = 10.0


def test_an_answer_is_computed_once_and_kept() -> None:
    made, found = [], Jobs()

    def compute(report: Report) -> str:
        report("counting", 1, 4)
        made.append(1)
        return "answer"

    job = found.start(("a",), compute)
    assert job.wait(SOON)
    assert (job.answer, job.told, job.part, failure(job)) == ("answer", "counting", 0.25, None)
    assert found.start(("a",), compute) is job
    assert made == [1]


def test_a_stopped_one_ends_at_its_next_report_and_can_be_started_again() -> None:
    reached, go_on, found = threading.Event(), threading.Event(), Jobs()

    def compute(report: Report) -> str:
        reached.set()
        go_on.wait(SOON)
        report("later", 1, 2)
        return "never"

    job = found.start(("a",), compute)
    assert reached.wait(SOON)
    found.drop(("a",))
    go_on.set()
    assert job.wait(SOON)
    assert job.answer is None
    assert isinstance(job.error, Stopped)
    assert failure(job) is None, "somebody wanted it"
    assert found.get(("a",)) is None


def test_a_failure_is_a_sentence_with_a_next_step() -> None:
    def broken(_report: Report) -> None:
        raise ZeroDivisionError("division by zero")

    def refused(_report: Report) -> None:
        raise WarehouseError("a query failed", next_step="Run `flowmeter build`")

    found = Jobs()
    for key, compute, said in (("a", broken, "division by zero"), ("b", refused, "flowmeter build")):
        job = found.start((key,), compute)
        assert job.wait(SOON)
        error = failure(job)
        assert error is not None
        assert said in str(error)
        assert error.next_step


def test_one_at_a_time_and_what_is_behind_lets_others_go_first() -> None:
    order: list[str] = []
    began, go_on, found = threading.Event(), threading.Event(), Jobs()

    def behind(report: Report) -> None:
        report("first part", 0, 2)
        began.set()
        go_on.wait(SOON)
        report("second part", 1, 2)
        order.append("behind")

    def ahead(_report: Report) -> None:
        go_on.set()
        last.wait(0.2)
        order.append("ahead")

    slow = found.start(("slow",), behind, behind=True)
    assert began.wait(SOON)
    last = threading.Event()
    quick = found.start(("quick",), ahead)
    assert quick.wait(SOON)
    assert slow.wait(SOON)
    assert order == ["ahead", "behind"]


def test_the_oldest_answers_are_forgotten() -> None:
    found = Jobs()
    for number in range(KEPT + 5):
        assert found.start((number,), lambda _report: None).wait(SOON)
    assert found.get((0,)) is None
    assert found.get((KEPT + 4,)) is not None
