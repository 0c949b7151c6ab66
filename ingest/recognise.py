"""What a file is, told by its content; and for what it is not, what to export instead."""

from collections.abc import Sequence
from dataclasses import dataclass

from flowmeter.errors import SourceError
from ingest.part import Form, Part, plain_title
from ingest.source import Source

ZENDESK_JSON = "Zendesk's account JSON export (Admin Center > Account > Tools > Reports)"
_LOAD_AUDITS = "Load the ticket audits instead (/api/v2/ticket_audits); they carry the events with old and new values"
_NOT_NEEDED = "It is not needed; remove the file from the inbox"
_MAP = "It is not read yet; give it a mapping as an event log in config/sources.yml"


@dataclass(frozen=True)
class _Hint:
    """A file that is often met and not read: by which titles it is known, and what to do."""

    titles: frozenset[str]
    what: str
    advice: str


_HINTS = (
    _Hint(frozenset({"replytimeinminutes", "ticketid"}), "Zendesk ticket metrics", _LOAD_AUDITS),
    _Hint(frozenset({"childevents", "ticketid"}), "Zendesk ticket events", _LOAD_AUDITS),
    _Hint(frozenset({"metric", "instanceid", "ticketid"}), "Zendesk ticket metric events", _LOAD_AUDITS),
    _Hint(frozenset({"domainnames", "sharedtickets"}), "Zendesk organizations", _NOT_NEEDED),
    _Hint(frozenset({"rawtitle", "titleinportal"}), "Zendesk ticket fields", _NOT_NEEDED),
    _Hint(
        frozenset({"displayfulfillmentstatus"}),
        "Shopify orders from its interface for programs",
        "Load Shopify's orders CSV instead (Orders > Export)",
    ),
    _Hint(frozenset({"creationdate", "lastusedintegrationname"}), "a Gorgias ticket CSV", _MAP),
    _Hint(frozenset({"ticketid", "createdtime", "lastupdatetime"}), "a Freshdesk ticket CSV", _MAP),
    _Hint(frozenset({"responderid", "requesterid", "status"}), "Freshdesk tickets", _MAP),
)


def recognise(part: Part, sources: Sequence[Source], wanted: str | None) -> Source:
    """The source of a file: the one named by `wanted`, else the only one that knows its content.

    Raises SourceError saying what the file looks like, what was expected and what to export instead.
    """
    if wanted is not None:
        return _named(wanted, sources, part)
    knowing = [source for source in sources if source.knows(part)]
    if len(knowing) == 1:
        return knowing[0]
    if knowing:
        names = ", ".join(source.name for source in knowing)
        raise SourceError(
            "more than one source of config/sources.yml fits this file",
            part.label,
            found=names,
            next_step=f"Say which with --source, one of: {names}",
        )
    raise _refusal(part, sources)


def _named(wanted: str, sources: Sequence[Source], part: Part) -> Source:
    for source in sources:
        if source.name == wanted:
            return source
    raise SourceError(
        f"there is no source '{wanted}'", part.label, next_step=f"--source is one of: {_choices(sources)}"
    )


def _choices(sources: Sequence[Source]) -> str:
    return ", ".join(source.name for source in sources)


def _refusal(part: Part, sources: Sequence[Source]) -> SourceError:
    titles = part.keys if part.form is Form.LINES else part.header
    plain = frozenset(plain_title(title) for title in titles)
    what, advice = _likeness(part, plain)
    shown = sorted(titles) if part.keys else list(titles)
    found = f"{part.form.value} with {', '.join(shown[:12]) or 'nothing known'}"
    return SourceError(
        f"this looks like {what}, which is not read" if what else "the file was not recognised",
        part.label,
        expected="an export of one of these: " + _choices(sources),
        found=found + (" and more" if len(titles) > 12 else ""),
        next_step=f"{advice}. If it is one of the above after all, say which with --source",
    )


def _likeness(part: Part, plain: frozenset[str]) -> tuple[str, str]:
    for hint in _HINTS:
        if hint.titles <= plain:
            return hint.what, hint.advice
    if any(title.endswith("synced") for title in plain):
        return (
            "a table of a data warehouse connector such as Fivetran",
            f"Load {ZENDESK_JSON} and the ticket audits instead",
        )
    if _is_localised_zendesk(part):
        return (
            "a Zendesk account CSV in another language than English",
            "Switch your own language in Zendesk to English before you export, or load the JSON export instead",
        )
    if part.form is Form.TABLE and {"id", "subject"} <= plain:
        return "a CSV of a Zendesk view", f"Its columns vary; load {ZENDESK_JSON} instead"
    if part.form is Form.LINES:
        return "", f"For a helpdesk load {ZENDESK_JSON}; for any other log, a CSV with a mapping in config/sources.yml"
    return "", "Give a survey or any other log a mapping in config/sources.yml: the titles of its columns"


def _is_localised_zendesk(part: Part) -> bool:
    """Titles in another language keep their number and order, and custom fields their kind in brackets."""
    brackets = any(title.endswith(("[list]", "[txt]", "[int]", "[flag]")) for title in part.header)
    summary = part.header[:1] and plain_title(part.header[0]).startswith(
        ("resum", "summ", "zusammenfass", "somm", "samen")
    )
    return part.form is Form.TABLE and (bool(summary) or brackets) and len(part.header) >= 30
