"""Scenarios kept as files of the shop folder."""

from __future__ import annotations

import pytest

from flowmeter.errors import ConfigError
from flowmeter.scenarios import FOLDER, save_scenario, scenario_files, slug
from flowmeter.settings import Home

TEXT = "version: 1\nname: Refunds\nchanges: []\n"


def test_a_kept_scenario_is_a_readable_file_named_after_it(home: Home) -> None:
    assert scenario_files(home) == {}
    path = save_scenario(home, "Refunds: every day!", TEXT)
    assert path == home.root / FOLDER / "refunds-every-day.yml"
    assert path.read_text(encoding="utf-8").endswith(TEXT)
    assert scenario_files(home) == {"refunds-every-day": path}
    assert [file.name for file in path.parent.iterdir()] == [path.name], "no draft is left"


def test_another_of_the_same_name_is_replaced_only_when_asked(home: Home) -> None:
    save_scenario(home, "Refunds", TEXT)
    with pytest.raises(ConfigError, match="of this name already"):
        save_scenario(home, "refunds", "name: other\n")
    assert "name: other" in save_scenario(home, "refunds", "name: other\n", replace=True).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["../../etc/passwd", "/", "..", "", "a" * 300, "Rückgaben, täglich"])
def test_no_name_leads_out_of_the_folder(home: Home, name: str) -> None:
    path = save_scenario(home, name, TEXT)
    assert path.parent == home.root / FOLDER
    assert 0 < len(path.stem) <= 60
    assert slug(name) == path.stem


def test_a_folder_that_cannot_be_written_is_said(home: Home) -> None:
    (home.root / FOLDER).write_text("in the way", encoding="utf-8")
    with pytest.raises(ConfigError, match="cannot be written"):
        save_scenario(home, "Refunds", TEXT)
