"""The handmade shop by the second route: ties the numbers computed by hand to those that the demo is tested with."""

from __future__ import annotations

from tests.oracle.compare import differences, published_numbers
from tests.oracle.handmade import world_of
from tests.oracle.numbers import all_numbers
from tests.transforms.published import Published
from tests.transforms.shop import HandmadeShop


def test_every_kpi_of_the_handmade_shop_equals_the_second_route(handmade: HandmadeShop, published: Published) -> None:
    """Every week, workflow and metric."""
    found = differences(published_numbers(published.con), all_numbers(world_of(handmade)))
    assert not found, f"\n{found}"
