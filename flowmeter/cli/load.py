"""`flowmeter init`, `ingest`, `build`, `refresh`."""

from pathlib import Path
from typing import Annotated

import typer

from flowmeter.cli.homes import HomeOption, find_home
from flowmeter.cli.output import narrate
from flowmeter.errors import SourceError

Force = Annotated[bool, typer.Option("--force", help="Build even when nothing has changed.")]


def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")]) -> None:
    """Make a shop folder with commented configuration."""
    from flowmeter.shop_folder import create_home

    home, written = create_home(folder)
    for path in written:
        narrate(f"wrote {path}")
    if not written:
        narrate(f"{home.root} is a shop folder already, its files were left alone")
    narrate(f"Next: put your exports into {home.exports} and run `flowmeter refresh --home {home.root}`")


def ingest(
    ctx: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Files or folders of exports.")],
    source: Annotated[
        str | None,
        typer.Option(help="What the files are, for example zendesk_ticket or survey:effort. Default: by content."),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Load exports into the raw tables. Each file is recognised by its content."""
    from flowmeter.cli.pipeline import load_files, refuse

    shop = find_home(ctx, home)
    refuse(load_files(shop, [file for path in paths for file in _files(path)], source))


def build(ctx: typer.Context, force: Force = False, home: HomeOption = None) -> None:
    """Compute and test every table from what is loaded, and publish if all tests pass."""
    from flowmeter.cli.pipeline import build_and_publish

    build_and_publish(find_home(ctx, home), force=force)


def refresh(ctx: typer.Context, force: Force = False, home: HomeOption = None) -> None:
    """Load the inbox (data/exports), build, and publish. A file that is refused does not stop the others."""
    from flowmeter.cli.pipeline import build_and_publish, inbox, load_files, refuse

    shop = find_home(ctx, home)
    refused = load_files(shop, inbox(shop))
    build_and_publish(shop, force=force)
    refuse(refused)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise SourceError("there is no such file or folder", str(path), next_step="Check the spelling")
    files = sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
    if not files:
        raise SourceError("this folder has no files", str(path), next_step="Name a file, or a folder with exports")
    return files
