"""One small demo shop for all tests of the generator."""

from __future__ import annotations

import pytest

from tests.demo.made import Made, make


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """1,500 tickets, seed 7. Read it, never write to it."""
    return make(tmp_path_factory.mktemp("generated"))
