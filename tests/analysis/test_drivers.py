"""What drove a change: a mean of 2 parts, computed by hand."""

import polars as pl
import pytest

from analysis.drivers import contributions, count_drivers, drivers


def parts(rows: dict[str, tuple[float | None, int]]) -> pl.DataFrame:
    return pl.DataFrame(
        [(name, value, n) for name, (value, n) in rows.items()],
        schema={"workflow": pl.String, "value": pl.Float64, "n": pl.Int64},
        orient="row",
    )


def test_rate_and_mix_add_up_to_the_change_of_the_mean() -> None:
    """10 x 0.5 + 20 x 0.5 = 15 becomes 10 x 0.25 + 24 x 0.75 = 20.5."""
    found = contributions(parts({"a": (10, 50), "b": (20, 50)}), parts({"a": (10, 25), "b": (24, 75)}))
    assert found["rate"].to_list() == pytest.approx([0.0, 2.5])
    assert found.select(pl.col("rate").sum() + pl.col("mix").sum()).item() == pytest.approx(5.5)


def test_the_part_that_moved_is_named() -> None:
    before, now = parts({"a": (10, 50), "b": (20, 50)}), parts({"a": (10, 50), "b": (30, 50)})
    (found,) = drivers(before, now, 5.0)
    assert (found.workflow, found.kind, found.effect) == ("b", "rate", 5.0)


def test_two_parts_are_named_where_one_is_not_half_of_the_change() -> None:
    """Effects 4, 3, 2, 1 of a change of 10: the first is 40%, the first two are 70%."""
    before = parts(dict.fromkeys("abcd", (0.0, 25)))
    now = parts({"a": (16.0, 25), "b": (12.0, 25), "c": (8.0, 25), "d": (4.0, 25)})
    assert [cause.workflow for cause in drivers(before, now, 10.0)] == ["a", "b"]
    assert drivers(before, now, 10.0, least=0.8) == (), "more than two causes are no cause"


def test_a_counts_own_parts_add_up() -> None:
    before, now = parts({"a": (100, 100), "b": (50, 50)}), parts({"a": (180, 180), "b": (40, 40)})
    (found,) = count_drivers(before, now, 70.0)
    assert (found.workflow, found.effect) == ("a", 80.0)
    assert count_drivers(parts({}), parts({}), 1.0) == ()


def test_a_shift_of_volume_is_named_as_mix() -> None:
    before, now = parts({"a": (10, 90), "b": (100, 10)}), parts({"a": (10, 50), "b": (100, 50)})
    (found,) = drivers(before, now, 36.0)
    assert found.kind == "mix"


def test_parts_that_do_not_add_up_have_no_driver() -> None:
    before, now = parts({"a": (10, 50), "b": (20, 50)}), parts({"a": (10, 50), "b": (30, 50)})
    assert drivers(before, now, 9.0) == (), "a median's parts do not sum to it"
    assert drivers(parts({}), parts({}), 1.0) == ()
    assert drivers(parts({"a": (None, 0)}), parts({"a": (1.0, 5)}), 1.0) == ()


def test_a_part_that_moved_like_all_the_others_is_no_cause() -> None:
    """Part a is 70% of the volume and 70% of the change: everything rose by 5."""
    before, now = parts({"a": (10, 70), "b": (10, 30)}), parts({"a": (15, 70), "b": (15, 30)})
    assert drivers(before, now, 5.0) == ()
