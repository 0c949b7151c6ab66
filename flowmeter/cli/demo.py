"""`flowmeter demo`: a shop that does not exist, from its exports to the app."""

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Annotated

import typer

from flowmeter.cli.homes import HomeOption, chosen
from flowmeter.cli.output import narrate
from flowmeter.errors import WarehouseError
from flowmeter.settings import CHECKOUT, Home


def demo(
    ctx: typer.Context,
    serve: Annotated[bool, typer.Option(help="Open the app at the end.")] = True,
    tickets: Annotated[int, typer.Option(min=1, help="About how many tickets.")] = 20_000,
    seed: Annotated[int, typer.Option(help="Another number makes another shop.")] = 7,
    end: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The last day, a Sunday. Default: last Sunday.", show_default=False),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Make a demo shop, load, build and publish it, and open the app. Run again, it reuses what is there."""
    from flowmeter.cli.pipeline import build_and_publish, inbox, load_files, refuse
    from flowmeter.cli.serve import run_app

    root = chosen(ctx, home) or CHECKOUT / "data" / "demo"
    shop = make_exports(root, tickets, end.date() if end else _last_sunday(), seed)
    refuse(load_files(shop, inbox(shop)))
    build_and_publish(shop)
    if serve:
        run_app(shop)
    else:
        narrate(f"The demo shop is in {shop.root}; `flowmeter serve --home {shop.root}` opens it")


def make_exports(root: Path, tickets: int, end: dt.date, seed: int, *, truth: bool = False) -> Home:
    """A shop folder with demo exports, made anew unless those of the same parameters are there."""
    import demo as generator
    from flowmeter.cli.pipeline import step
    from flowmeter.dbt_run import parsed_meanwhile
    from flowmeter.shop_folder import create_home

    if end.isoweekday() != 7:
        raise typer.BadParameter(f"{end} is a {end:%A}, the demo ends on a Sunday", param_hint="--end")
    home, _ = create_home(root)
    stamp = home.root / "data" / "demo.json"
    parameters = {"tickets": tickets, "end": end.isoformat(), "seed": seed}
    if _same_parameters(stamp, parameters):
        narrate(f"The demo exports of {home.root} are there already")
        return home
    _clear(home, stamp)
    told = f"Writing the exports of a shop with {tickets:,} tickets until {end}"
    with step(told) as progress, parsed_meanwhile(home):
        truth_folder = home.root / "truth" if truth else None
        generator.generate(home.exports, tickets=tickets, end=end, seed=seed, truth=truth_folder, progress=progress)
    stamp.write_text(json.dumps(parameters) + "\n", encoding="utf-8")
    return home


def _same_parameters(stamp: Path, parameters: dict[str, object]) -> bool:
    return stamp.is_file() and bool(json.loads(stamp.read_text(encoding="utf-8") or "{}") == parameters)


def _clear(home: Home, stamp: Path) -> None:
    """Another demo shop's files must go; a folder that no demo has made is never touched."""
    if not stamp.exists() and (any(home.exports.iterdir()) or home.raw_path.exists()):
        raise WarehouseError(
            "this shop folder holds files that the demo has not made",
            str(home.root),
            next_step="Choose an empty folder with --home",
        )
    stamp.write_text("{}", encoding="utf-8")  # from here on, what lies there is the demo's own, also after a crash
    shutil.rmtree(home.exports)
    shutil.rmtree(home.warehouse, ignore_errors=True)
    home.exports.mkdir()


def _last_sunday() -> dt.date:
    today = dt.datetime.now(dt.UTC).date()
    return today - dt.timedelta(days=today.isoweekday())
