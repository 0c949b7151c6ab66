"""What drove a change: a mean of 2 parts, computed by hand."""

import polars as pl
import pytest

from analysis.drivers import contributions, driver


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
    found = driver(before, now, 5.0)
    assert found is not None
    assert (found.workflow, found.kind, found.effect) == ("b", "rate", 5.0)


def test_a_shift_of_volume_is_named_as_mix() -> None:
    before, now = parts({"a": (10, 90), "b": (100, 10)}), parts({"a": (10, 50), "b": (100, 50)})
    found = driver(before, now, 36.0)
    assert found is not None
    assert found.kind == "mix"


def test_parts_that_do_not_add_up_have_no_driver() -> None:
    before, now = parts({"a": (10, 50), "b": (20, 50)}), parts({"a": (10, 50), "b": (30, 50)})
    assert driver(before, now, 9.0) is None, "a median's parts do not sum to it"
    assert driver(parts({}), parts({}), 1.0) is None
    assert driver(parts({"a": (None, 0)}), parts({"a": (1.0, 5)}), 1.0) is None
