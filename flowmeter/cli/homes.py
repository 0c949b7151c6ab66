"""`--home`, which every command takes before and after its name."""

from pathlib import Path
from typing import Annotated

import typer

from flowmeter.settings import Home

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home", help="The shop folder. Default: FLOWMETER_HOME, else the current folder.", show_default=False
    ),
]


def chosen(ctx: typer.Context, home: Path | None) -> Path | None:
    """The folder named after the command, else the one named before it."""
    before: Path | None = ctx.obj
    return home or before


def find_home(ctx: typer.Context, home: Path | None) -> Home:
    """The shop folder of this command line. Raises ConfigError when it is none."""
    return Home.find(chosen(ctx, home))
