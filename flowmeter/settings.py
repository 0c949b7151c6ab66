"""A shop folder, where its files are, and what flowmeter.toml says."""

import datetime as dt
import os
import zoneinfo
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from flowmeter.checked_file import Checked, nearest, read_toml, validate
from flowmeter.errors import ConfigError

SETTINGS_FILE = "flowmeter.toml"
CHECKOUT = Path(__file__).resolve().parent.parent
"""Where transforms/, config/ (the templates) and dashboard/ are: Flowmeter runs from its checkout."""


@dataclass(frozen=True)
class Home:
    """A shop folder. Every path Flowmeter reads or writes for that shop is below `root`."""

    root: Path

    @classmethod
    def find(cls, option: Path | None) -> "Home":
        """The folder of `--home`, else of FLOWMETER_HOME, else the current one.

        Raises ConfigError when that folder has no flowmeter.toml.
        """
        variable = os.environ.get("FLOWMETER_HOME")
        said_by = "--home" if option else "FLOWMETER_HOME" if variable else "the current folder"
        root = (option or (Path(variable) if variable else Path.cwd())).expanduser().absolute()
        if not (root / SETTINGS_FILE).is_file():
            raise ConfigError(
                f"this is not a shop folder, it has no {SETTINGS_FILE}",
                f"{root} ({said_by})",
                next_step=f"`flowmeter init {root}` makes one, and --home or FLOWMETER_HOME chooses another",
            )
        return cls(root)

    @property
    def settings_path(self) -> Path:
        return self.root / SETTINGS_FILE

    @property
    def config_dir(self) -> Path:
        return self.root / "config"

    @property
    def exports(self) -> Path:
        """The inbox: `flowmeter refresh` loads every file in it."""
        return self.root / "data" / "exports"

    @property
    def warehouse(self) -> Path:
        return self.root / "data" / "warehouse"

    @property
    def raw_path(self) -> Path:
        return self.warehouse / "raw.duckdb"

    @property
    def current(self) -> Path:
        """The symlink to the published file. Open `warehouse.current_path(home)`, never this name."""
        return self.warehouse / "current"

    @property
    def build_dir(self) -> Path:
        """The private files of a build; nothing here outlives the next one."""
        return self.root / "data" / "build"

    @property
    def log_dir(self) -> Path:
        return self.root / "data" / "logs"

    @property
    def key_path(self) -> Path:
        return self.root / "data" / "hash.key"


def _known_zone(name: str) -> str:
    if name not in zoneinfo.available_timezones():
        raise ValueError(f"'{name}' is no time zone. {nearest(name, sorted(zoneinfo.available_timezones()))}")
    return name


TimeZoneName = Annotated[str, AfterValidator(_known_zone)]


class Shop(Checked):
    """[shop]"""

    name: str = Field(min_length=1)
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")
    time_zone: TimeZoneName = "Europe/Berlin"


class Kpi(Checked):
    """[kpi]: days are calendar days; `snapshot` is the instant that the numbers are as of (UTC if it has no zone)."""

    cohort_days: int = Field(default=7, ge=1, le=90)
    auto_close_days: int = Field(default=4, ge=0, le=90)
    cart_window_days: int = Field(default=7, ge=1, le=90)
    snapshot: dt.datetime | None = None


class Privacy(Checked):
    """[privacy]"""

    keep_agent_names: bool = False
    keep_subjects: bool = True


class Settings(Checked):
    """flowmeter.toml"""

    shop: Shop
    kpi: Kpi = Kpi()
    privacy: Privacy = Privacy()


def load_settings(home: Home) -> Settings:
    """Reads flowmeter.toml. Raises ConfigError with file, line and key."""
    return validate(read_toml(home.settings_path, SETTINGS_FILE), Settings)
