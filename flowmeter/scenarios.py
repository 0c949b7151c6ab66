"""The scenarios that an owner keeps: what is to be tried, as files that people can read, change and pass on.

One file per scenario in `scenarios/` of the shop folder, named after it. What a scenario may say is checked by the
simulator (simulation.scenario), the same for a file, the app's form and a shared address.
"""

import contextlib
import os
import re
from pathlib import Path

from flowmeter.errors import ConfigError
from flowmeter.settings import Home

FOLDER = "scenarios"
HEADER = "# A change to try in the simulator: `flowmeter simulate` runs it, and the Simulator page shows it.\n"


def scenario_files(home: Home) -> dict[str, Path]:
    """The kept scenarios by the name of their file without its ending, in the order of the alphabet."""
    return {path.stem: path for path in sorted((home.root / FOLDER).glob("*.yml"))}


def save_scenario(home: Home, name: str, text: str, *, replace: bool = False) -> Path:
    """Writes a scenario (YAML) into the file of its name, whole or not at all, and returns its path.

    Raises ConfigError when another one has that name (and not `replace`), or when the disk refuses.
    """
    path = home.root / FOLDER / f"{slug(name)}.yml"
    shown = f"{FOLDER}/{path.name}"
    if path.exists() and not replace:
        raise ConfigError("there is a scenario of this name already", shown, next_step="Choose another name")
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(exist_ok=True)
        draft.write_text(HEADER + text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise ConfigError(
            "the scenario cannot be written",
            shown,
            found=error.strerror or str(error),
            next_step="Check that this folder of the shop can be written to",
        ) from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
    return path


def slug(name: str) -> str:
    """A name as that of a file: letters, digits and dashes only, so that no name leads out of the folder."""
    return re.sub(r"[^\w]+", "-", name.lower()).strip("-_")[:60].rstrip("-_") or "scenario"
