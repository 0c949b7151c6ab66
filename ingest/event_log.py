"""A process log of any system, CSV or Parquet: a row per event, or a row per case with a column per event."""

from dataclasses import dataclass

import dataframely as dy

from flowmeter.config import EventLogSource
from flowmeter.errors import SourceError
from ingest.part import Form, Part
from ingest.source import Context, Field, Kind, Reading, Rule, Staged, Table
from ingest.sql import literal, local_time

_FIX = "Correct the row in the file, or the mapping of this log in config/sources.yml, and load the file again."


class EventRow(Staged):
    case_id = dy.String(nullable=False)
    activity = dy.String(nullable=False)
    at = dy.Datetime(nullable=False)


class CaseRow(Staged):
    case_id = dy.String(nullable=False)
    at = dy.Datetime(nullable=False)


@dataclass(frozen=True)
class EventLogFile:
    """The files of one mapped log."""

    log: EventLogSource

    @property
    def name(self) -> str:
        return f"event_log:{self.log.name}"

    @property
    def needs(self) -> str:
        return "the columns " + ", ".join(self._titles())

    def _titles(self) -> list[str]:
        """What a file must have: the mapped columns, and the attributes that play a part."""
        named = [] if self.log.attributes == "all" else list(self.log.attributes)
        return list(dict.fromkeys([*self._mapped(), *self._parts(), *named]))

    def _mapped(self) -> list[str]:
        """The columns that become columns of an event."""
        columns = self.log.columns
        every = [columns.case, columns.activity, columns.time, columns.start, columns.resource, columns.group]
        return [title for title in [*every, *(event.time for event in self.log.events)] if title]

    def _parts(self) -> list[str]:
        """The attributes that play a part in a ticket."""
        log = self.log
        every = [log.channel, log.workflow, log.priority, log.subject, log.customer, log.url, log.columns.group]
        return [title for title in [*every, *([log.csat.score, log.csat.answered_at] if log.csat else [])] if title]

    def knows(self, part: Part) -> bool:
        return part.form is not Form.LINES and all(part.column(title) for title in self._titles())

    def reading(self, part: Part, context: Context) -> Reading:
        missing = [title for title in self._titles() if part.form is Form.LINES or part.column(title) is None]
        if missing:
            raise SourceError(
                f"the file does not fit the log '{self.log.name}', it lacks {', '.join(missing)}", part.label,
                expected=self.needs, found=", ".join(part.header[:12]) or part.form.value,
                next_step="Correct event_logs in config/sources.yml: its columns are the titles of this file",
            )  # fmt: skip
        privacy = context.config.settings.privacy
        fields, extra = self._fields(part)
        attributes = self._attributes(part, keep_subjects=privacy.keep_subjects)
        is_wide = bool(self.log.events)
        resource = part.column(self.log.columns.resource or "")
        named = f"filled({resource})" if privacy.keep_agent_names else f"hashed({resource})"
        return Reading(
            source=self.name,
            relation=part.relation(),
            fields=fields,
            extra={**extra, "resource": named if resource else "null::varchar", "attributes": attributes},
            tables=(Table("event_log_event", self._wide_select() if is_wide else self._long_select()),),
            contract=CaseRow if is_wide else EventRow,
            rules=self._rules(),
            key="case_id",
            last_at="last_at" if is_wide else '"at"',
            settings=self.log.model_dump_json() + privacy.model_dump_json(),
            personal=frozenset(
                title for title in (self.log.columns.resource, self.log.customer, self.log.subject) if title
            ),
        )

    def _time(self, title: str, part: Part, column: str) -> Field:
        log = self.log
        sql = local_time("{x}", log.time_zone, log.time_format)
        kind = Kind(sql, "unreadable_time", f"a time written as {log.time_format or '2026-11-02 09:30:00'}", _FIX)
        return Field(column, part.column(title) or "", kind, title)

    def _fields(self, part: Part) -> tuple[tuple[Field, ...], dict[str, str]]:
        columns = self.log.columns
        fields = [Field("case_id", part.column(columns.case) or "", label=columns.case)]
        if columns.group:
            fields.append(Field("group_name", part.column(columns.group) or "", label=columns.group))
        extra = {} if columns.group else {"group_name": "null::varchar"}
        if self.log.events:
            times = [self._time(event.time, part, f"at_{number}") for number, event in enumerate(self.log.events)]
            typed = ", ".join(field.typed for field in times)
            return (*fields, *times), {**extra, "at": f"least({typed})", "last_at": f"greatest({typed})"}
        fields.append(Field("activity", part.column(columns.activity or "") or "", label=columns.activity or ""))
        fields.append(self._time(columns.time or "", part, "at"))
        if columns.start:
            fields.append(self._time(columns.start, part, "started_at"))
            return tuple(fields), extra
        return tuple(fields), {**extra, "started_at": "null::timestamp"}

    def _attributes(self, part: Part, *, keep_subjects: bool) -> str:
        """A map of what else stands in the row; whom it names is hashed, and addresses are taken out."""
        log, mapped = self.log, set(self._mapped())
        listed = [title for title in part.header if title not in mapped] if log.attributes == "all" else log.attributes
        kept = list(dict.fromkeys([*listed, *self._parts()]))
        values = []
        for title in kept:
            text = f"filled({part.column(title)})"
            if title == log.customer:
                text = f"hashed({part.column(title)})"
            elif title == log.subject:
                text = f"redacted({text})" if keep_subjects else "null::varchar"
            else:
                text = f"without_addresses({text})"
            values.append(text)
        if not kept:
            return "map([]::varchar[], []::varchar[])"
        return f"map([{', '.join(map(literal, kept))}], [{', '.join(values)}])"

    def _long_select(self) -> str:
        meanings = " ".join(
            f"when {literal(activity)} then {literal(meaning)}" for activity, meaning in self.log.meanings.items()
        )
        meaning = f"case activity {meanings} else 'other' end" if meanings else "'other'"
        return (
            f'select ordinal, {literal(self.log.name)}, case_id, activity, {meaning}, started_at, "at", resource, '
            "group_name, attributes from good"
        )

    def _wide_select(self) -> str:
        events = ", ".join(
            f"struct_pack(activity := {literal(each.activity)}, meaning := {literal(each.meaning)}, "
            f"moment := at_{number})"
            for number, each in enumerate(self.log.events)
        )
        return (
            f"select ordinal, {literal(self.log.name)}, case_id, e.activity, e.meaning, null::timestamp, e.moment, "
            "resource, group_name, attributes "
            f"from (select *, unnest([{events}]) as e from good) where e.moment is not null"
        )

    def _rules(self) -> dict[str, Rule]:
        columns = self.log.columns
        when = columns.time or ", ".join(event.time for event in self.log.events)
        return {
            "case_id|nullability": Rule("missing_case", columns.case, "the name or number of the case", _FIX),
            "activity|nullability": Rule("missing_activity", columns.activity or "", "what was done", _FIX),
            "at|nullability": Rule("missing_time", when, "the time at which it was done", _FIX),
        }
