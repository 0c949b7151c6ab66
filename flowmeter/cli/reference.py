"""Writes the pages of docs/ that describe the command, from the command itself: `make docs`."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from flowmeter.cli.main import app
from flowmeter.errors import ExitCode

HELP_WIDTH = 100


def exit_codes() -> str:
    """docs/exit-codes.md"""
    rows = [f"| {code.value} | {code.meaning} |" for code in ExitCode]
    return "\n".join(
        [
            "# Exit codes",
            "",
            "What the `flowmeter` command returns to the shell. Written by `make docs`.",
            "",
            "| code | meaning |",
            "|---|---|",
            *rows,
            "",
        ]
    )


def commands() -> str:
    """docs/commands.md"""
    group = get_command(app)
    names = ["", *_names(getattr(group, "commands", {}))]
    parts = ["# The command", "", "stdout is data, stderr is narration. Written by `make docs`.", ""]
    for name in names:
        parts += [f"## flowmeter {name}".rstrip(), "", "```", _help(name), "```", ""]
    return "\n".join(parts)


PAGES = {"exit-codes.md": exit_codes, "commands.md": commands}


def _names(commands: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Every command, of groups their commands: `kpis`, `export event-log`."""
    for name, command in commands.items():
        below = getattr(command, "commands", {})
        yield from _names(below, f"{prefix}{name} ") if below else [f"{prefix}{name}"]


def _help(name: str) -> str:
    """The help text of the command, or of one subcommand, at a fixed width."""
    from typer.testing import CliRunner

    arguments = [*name.split(), "--help"]
    answer = CliRunner().invoke(
        app, arguments, prog_name="flowmeter", max_content_width=HELP_WIDTH, terminal_width=HELP_WIDTH
    )
    return answer.stdout.rstrip()


def main(folder: Path) -> None:
    """Writes every page into `folder`."""
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
