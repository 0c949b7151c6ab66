"""One handmade shop for all cases of this room: written, ingested and built once."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from tests.transforms.published import Published
from tests.transforms.shop import HandmadeShop

CASES = (
    "test_hours",
    "test_resolution",
    "test_touches",
    "test_handoffs",
    "test_left_out",
    "test_surveys",
    "test_cost",
    "test_backlog",
    "test_waits",
    "test_steps",
    "test_bottlenecks",
    "test_targets",
    "test_orders",
    "test_faults",
)


def quiet(_line: str) -> None:
    """Progress that nobody reads."""


def take_through(shop: HandmadeShop) -> Published:
    """Write a shop's files, ingest and build them by the real path, and open what was published."""
    from flowmeter.build import build
    from flowmeter.config import load_config
    from flowmeter.settings import Home
    from ingest.load import ensure_raw, ingest_paths

    shop.write()
    home = Home.find(shop.root)
    config = load_config(home)
    for path, source in shop.exports:
        batches = ingest_paths(home, config, [path], source, quiet)
        assert [batch.quarantined for batch in batches] == [0], f"{path.name} was not loaded whole: {batches}"
    build(home, quiet, ensure_raw=ensure_raw)
    return Published.open(shop.root)


@pytest.fixture(scope="session")
def handmade(tmp_path_factory: pytest.TempPathFactory) -> HandmadeShop:
    """The handmade shop with all cases."""
    shop = HandmadeShop(tmp_path_factory.mktemp("handmade") / "shop")
    for name in CASES:
        import_module(f"tests.transforms.{name}").tell(shop)
    return shop


@pytest.fixture(scope="session")
def published(handmade: HandmadeShop) -> Published:
    """What the handmade shop published."""
    return take_through(handmade)


@pytest.fixture(scope="session")
def demo(demo_home: Path) -> Published:
    """What the demo shop published."""
    return Published.open(demo_home)
