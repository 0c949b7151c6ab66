"""The command line: exit codes, stdout apart from stderr, and no traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from flowmeter.cli import main, reference
from flowmeter.errors import ExitCode
from flowmeter.settings import CHECKOUT, Home

Captured = pytest.CaptureFixture[str]


def run(capsys: Captured, *arguments: str | Path) -> tuple[int, str, str]:
    code = main.run([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_init_writes_the_commented_templates_once(tmp_path: Path, capsys: Captured) -> None:
    code, out, err = run(capsys, "init", tmp_path / "shop")
    assert (code, out) == (0, "")
    assert "workflows.yml" in err
    (tmp_path / "shop" / "flowmeter.toml").write_text('[shop]\nname = "Mine"\n', encoding="utf-8")
    run(capsys, "init", tmp_path / "shop")
    assert (tmp_path / "shop" / "flowmeter.toml").read_text(encoding="utf-8") == '[shop]\nname = "Mine"\n'


@pytest.mark.parametrize("order", ["before", "after", "variable"])
def test_the_shop_folder_is_named_before_or_after_the_command_or_by_the_environment(
    home: Home, capsys: Captured, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    if order == "variable":
        monkeypatch.setenv("FLOWMETER_HOME", str(home.root))
    option = ["--home", str(home.root)]
    named = {"before": [*option, "status"], "after": ["status", *option], "variable": ["status"]}
    code, out, _ = run(capsys, *named[order])
    assert code == 0
    assert json.loads(out)["home"] == str(home.root)


def test_status_of_an_empty_shop(home: Home, capsys: Captured) -> None:
    _, out, _ = run(capsys, "status", "--home", home.root)
    told = json.loads(out)
    assert told["batches"] == []
    assert told["snapshot"] is None
    assert told["tests"] is None


def test_exit_codes_are_those_that_are_documented(
    home: Home, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(capsys, "--help")[0] == ExitCode.OK
    assert run(capsys, "bogus")[0] == ExitCode.USAGE
    assert run(capsys, "kpis", "--by", "agent", "--home", home.root)[0] == ExitCode.USAGE
    assert run(capsys, "status")[0] == ExitCode.CONFIG
    assert run(capsys, "ingest", tmp_path / "nothing.json", "--home", home.root)[0] == ExitCode.SOURCE
    assert run(capsys, "refresh", "--home", home.root)[0] == ExitCode.SOURCE
    assert run(capsys, "kpis", "--home", home.root)[0] == ExitCode.WAREHOUSE
    assert run(capsys, "build", "--home", home.root)[0] == ExitCode.BUILD


def test_an_error_is_one_paragraph_on_stderr(home: Home, capsys: Captured) -> None:
    code, out, err = run(capsys, "kpis", "--home", home.root)
    assert (code, out) == (ExitCode.WAREHOUSE, "")
    assert err == f"{home.root}: nothing has been published yet. Run `flowmeter refresh`.\n".replace("`.", "`")


def test_a_fault_of_our_own_shows_no_traceback_but_the_log_that_has_it(
    home: Home, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_home: Home) -> None:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr("flowmeter.status.status", broken)
    code, out, err = run(capsys, "status", "--home", home.root)
    assert (code, out) == (ExitCode.UNEXPECTED, "")
    assert "Traceback" not in err
    (log,) = home.log_dir.iterdir()
    assert str(log) in err
    assert "ZeroDivisionError: a fault" in log.read_text(encoding="utf-8")


def test_ctrl_c_ends_with_130(home: Home, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_home: Home) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("flowmeter.status.status", interrupted)
    assert run(capsys, "status", "--home", home.root)[0] == ExitCode.INTERRUPTED


def test_the_demo_never_touches_a_folder_that_it_has_not_made(home: Home, capsys: Captured) -> None:
    (home.exports / "mine.csv").write_text("a,b\n", encoding="utf-8")
    code, _, err = run(capsys, "demo", "--no-serve", "--home", home.root)
    assert code == ExitCode.WAREHOUSE
    assert "files that the demo has not made" in err
    assert (home.exports / "mine.csv").exists()


def test_the_demo_ends_on_a_sunday(home: Home, capsys: Captured) -> None:
    code, _, err = run(capsys, "demo", "--end", "2026-11-20", "--home", home.root)
    assert code == ExitCode.USAGE
    assert "2026-11-20 is a Friday" in err


@pytest.mark.parametrize("page", list(reference.PAGES))
def test_the_pages_about_the_command_are_those_that_make_docs_writes(page: str) -> None:
    written = (CHECKOUT / "docs" / page).read_text(encoding="utf-8")
    assert written == reference.PAGES[page](), "run `make docs`"


HEAVY = {"dbt", "streamlit", "pandas", "polars", "pyarrow", "plotly", "scipy"}


def test_a_look_at_the_kpis_loads_nothing_heavy(home: Home) -> None:
    program = f"""
import sys
from flowmeter.cli.main import run
run(["kpis", "--home", {str(home.root)!r}])
import flowmeter.kpis
print(sorted({HEAVY!r} & set(sys.modules)))
"""
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout == "[]\n"


def test_the_installed_command_keeps_data_and_narration_apart(home: Home) -> None:
    command = Path(sys.executable).parent / "flowmeter"
    answer = subprocess.run(
        [command, "quarantine", "--home", home.root, "--format", "json"], capture_output=True, text=True, check=True
    )
    assert json.loads(answer.stdout) == []
    assert answer.stderr == "Nothing is in quarantine\n"


def test_a_reader_who_has_seen_enough_is_no_error(home: Home) -> None:
    command = [str(Path(sys.executable).parent / "flowmeter"), "status", "--home", str(home.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
