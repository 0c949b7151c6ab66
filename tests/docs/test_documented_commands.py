"""Every command and query in the docs is run as it stands."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docs.generate_metrics import metrics_page
from flowmeter import warehouse

CHECKOUT = Path(__file__).parents[2]
PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").glob("*.md"))]
FLOWMETER = Path(sys.executable).with_name("flowmeter")
# These run until they are stopped, or run the tests themselves; each has a test of its own.
ELSEWHERE = {"make demo", "make test", "serve", "make benchmark"}


def blocks(language: str) -> list[tuple[str, str]]:
    """Every fenced block of a language, with the page it stands on."""
    fence = re.compile(rf"^ *```{language}\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
    return [(page.name, text) for page in PAGES for text in fence.findall(page.read_text(encoding="utf-8"))]


def commands() -> list[tuple[str, str]]:
    lines = [(page, line.strip()) for page, text in blocks("sh") for line in text.splitlines() if line.strip()]
    return [(page, line) for page, line in lines if not any(word in line for word in ELSEWHERE)]


@pytest.fixture(scope="module")
def shop(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the docs' commands find the shop they speak of: this one, and my-shop; and its scenarios."""
    folder = tmp_path_factory.mktemp("docs")
    shutil.copytree(demo_home, folder / "shop", symlinks=True)
    example = next(text for page, text in blocks("yaml") if page == "scenarios.md")
    (folder / "shop" / "scenarios").mkdir(exist_ok=True)
    for name in ("scenario.yml", "scenarios/do-refund-approval-every-day.yml"):
        (folder / "shop" / name).write_text(example, encoding="utf-8")
    return folder / "shop"


@pytest.mark.parametrize(("page", "line"), commands())
def test_a_documented_command_works(page: str, line: str, shop: Path) -> None:
    words = shlex.split(line)
    assert words[0] in {"flowmeter", ".venv/bin/flowmeter"}, f"{page} shows a command that nothing tests: {line}"
    if "my-shop" in words and "init" not in words:
        words[words.index("my-shop")] = str(shop)
    done = subprocess.run(
        [str(FLOWMETER), *words[1:]],
        cwd=shop,
        env={**os.environ, "FLOWMETER_HOME": str(shop)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{page}: {line}\n{done.stderr}"


@pytest.mark.parametrize(("page", "query"), blocks("sql"))
def test_a_documented_query_answers(page: str, query: str, shop: Path) -> None:
    with warehouse.read((shop / "data/warehouse/current").resolve()) as connection:
        for statement in filter(str.strip, query.split(";")):
            assert connection.execute(statement).description, page


def test_the_page_of_definitions_is_the_one_that_the_published_file_makes(demo_home: Path) -> None:
    page = (CHECKOUT / "docs/metrics.md").read_text(encoding="utf-8")
    assert page == metrics_page((demo_home / "data/warehouse/current").resolve())
