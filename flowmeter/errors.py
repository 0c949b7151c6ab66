"""The errors a user can meet.

FlowmeterError          something the user can put right; never shown with a traceback
├── ConfigError         flowmeter.toml or a file of config/
├── SourceError         an export that cannot be read
├── WarehouseError      the key file, the lock, or a database file
└── BuildError          a model or a test of the build
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the `flowmeter` command returns to the shell."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    CONFIG = 3
    SOURCE = 4
    WAREHOUSE = 5
    BUILD = 6
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        """One sentence for the help text and docs/exit-codes.md."""
        return _MEANINGS[self]


_MEANINGS = {
    ExitCode.OK: "Done. Rows in quarantine do not change this; `flowmeter quarantine` lists them.",
    ExitCode.UNEXPECTED: "A fault of Flowmeter itself. The message names the log that holds the details.",
    ExitCode.USAGE: "The command line was not understood.",
    ExitCode.CONFIG: "flowmeter.toml or a file of config/ is missing or wrong.",
    ExitCode.SOURCE: "An export could not be read or recognised.",
    ExitCode.WAREHOUSE: "The key file, the lock or a database file stands in the way.",
    ExitCode.BUILD: "A model or a test failed. What was published before is untouched.",
    ExitCode.INTERRUPTED: "Stopped with Ctrl-C.",
}


class FlowmeterError(Exception):
    """A problem the user can solve: what happened, where, what was expected, what was found, what to do."""

    exit_code = ExitCode.UNEXPECTED

    def __init__(self, what: str, where: str = "", expected: str = "", found: str = "", next_step: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.expected = expected
        self.found = found
        self.next_step = next_step

    def __str__(self) -> str:
        parts = [_sentence(f"{self.where}: {self.what}" if self.where else self.what)]
        if self.expected:
            parts.append(_sentence(f"Expected {self.expected}"))
        if self.found:
            parts.append(_sentence(f"Found {self.found}"))
        if self.next_step:
            parts.append(_sentence(self.next_step))
        return " ".join(parts)


class ConfigError(FlowmeterError):
    """flowmeter.toml or a file of config/ is missing or wrong."""

    exit_code = ExitCode.CONFIG


class SourceError(FlowmeterError):
    """An export cannot be read or recognised as a whole (single bad rows go to quarantine instead)."""

    exit_code = ExitCode.SOURCE


class WarehouseError(FlowmeterError):
    """The key file, the lock or a database file stands in the way."""

    exit_code = ExitCode.WAREHOUSE


class BuildError(FlowmeterError):
    """A model or a test of the build failed; nothing was published."""

    exit_code = ExitCode.BUILD


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "`")) else f"{text}."
