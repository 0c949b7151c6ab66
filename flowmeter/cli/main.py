"""Entry of the `flowmeter` command: its commands, and what happens with an error."""

import datetime as dt
import itertools
import sys
import tempfile
import traceback
from pathlib import Path

import typer
from typer._click.exceptions import ClickException

from flowmeter.cli.backtest import backtest
from flowmeter.cli.bottlenecks import bottlenecks
from flowmeter.cli.calibrate import calibrate
from flowmeter.cli.compare import compare, plan
from flowmeter.cli.decide import decide, decisions
from flowmeter.cli.demo import demo
from flowmeter.cli.export import export
from flowmeter.cli.homes import HomeOption
from flowmeter.cli.load import build, ingest, init, refresh
from flowmeter.cli.look import kpis, quarantine, status
from flowmeter.cli.map import flow_map
from flowmeter.cli.playbook import playbook
from flowmeter.cli.serve import serve
from flowmeter.cli.simulate import forecast, simulate
from flowmeter.cli.split import split
from flowmeter.errors import ExitCode, FlowmeterError
from flowmeter.settings import Home

EPILOG = "\b\nExit codes:\n" + "\n".join(f"{code.value:>5}  {code.meaning}" for code in ExitCode)

app = typer.Typer(
    name="flowmeter",
    help="Measure the customer-service workflows of an online shop. stdout is data, stderr is narration.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def _before_the_command(ctx: typer.Context, home: HomeOption = None) -> None:
    ctx.obj = home


for _command in (
    init, ingest, build, refresh, kpis, bottlenecks, compare, plan, split, decide, decisions, status, quarantine,
    playbook, calibrate, simulate, forecast, backtest, serve, demo,
):  # fmt: skip
    app.command()(_command)
app.command("map")(flow_map)
app.add_typer(export, name="export")


def main() -> None:
    """Runs the command line and ends the process with one of ExitCode. Never shows a traceback."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs one command line and returns its exit code."""
    try:
        result = app(arguments, prog_name="flowmeter", standalone_mode=False)
    except FlowmeterError as error:
        return _say(str(error), error.exit_code)
    except ClickException as error:
        error.show()
        return int(error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        return _say("Stopped.", ExitCode.INTERRUPTED)
    except Exception as error:  # noqa: BLE001 (the last line of defence: a user never sees a traceback)
        return _say(
            f"Flowmeter met a fault of its own ({error}). {_log(arguments)} has the details.", ExitCode.UNEXPECTED
        )
    return result if isinstance(result, int) else ExitCode.OK


def _say(text: str, code: ExitCode) -> int:
    sys.stderr.write(f"{text}\n")
    return code


def _log(arguments: list[str]) -> Path:
    """Writes the current traceback beside the shop's data, or where temporary files go when there is no shop."""
    folder = _log_folder(arguments)
    log = folder / f"flowmeter-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}.log"
    log.write_text(f"flowmeter {' '.join(arguments)}\n\n{traceback.format_exc()}", encoding="utf-8")
    return log


def _log_folder(arguments: list[str]) -> Path:
    named = [Path(value) for option, value in itertools.pairwise(arguments) if option == "--home"]
    try:
        folder = Home.find(named[-1] if named else None).log_dir
        folder.mkdir(parents=True, exist_ok=True)
    except (FlowmeterError, OSError):
        return Path(tempfile.mkdtemp(prefix="flowmeter-"))
    return folder


if __name__ == "__main__":
    main()
