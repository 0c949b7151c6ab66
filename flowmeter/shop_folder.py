"""Makes a shop folder from the commented templates in config/ of the checkout."""

import shutil
from pathlib import Path

from flowmeter.config import CONFIG_FILES
from flowmeter.errors import ConfigError
from flowmeter.settings import CHECKOUT, SETTINGS_FILE, Home


def create_home(root: Path) -> tuple[Home, list[Path]]:
    """Writes what is missing of a shop folder and returns the files written; a file that is there is left alone."""
    home = Home(root.expanduser().absolute())
    if home.root.exists() and not home.root.is_dir():
        raise ConfigError("this is a file, not a folder", str(home.root))
    home.config_dir.mkdir(parents=True, exist_ok=True)
    home.exports.mkdir(parents=True, exist_ok=True)
    targets = [home.settings_path, *(home.config_dir / name for name in CONFIG_FILES)]
    written = [target for target in targets if not target.exists()]
    for target in written:
        shutil.copyfile(template(target.name), target)
    return home, written


def template(name: str) -> Path:
    """The commented template of a file: flowmeter.toml or one of config/."""
    assert name in {SETTINGS_FILE, *CONFIG_FILES}
    return CHECKOUT / "config" / name
