"""A survey's CSV or Parquet, of any shape: config/sources.yml says which column holds what."""

from dataclasses import dataclass

import dataframely as dy

from flowmeter.config import SurveySource
from flowmeter.errors import SourceError
from ingest.part import Form, Part
from ingest.source import NUMBER, Context, Field, Kind, Reading, Rule, Staged, Table
from ingest.sql import literal, local_time

_FIX = "Correct the row in the file, or the mapping of this survey in config/sources.yml, and load the file again."


class AnswerRow(Staged):
    """Whom an answer is from can be told by the ticket or by the e-mail address."""

    reference = dy.String(nullable=False)
    answered_at = dy.Datetime(nullable=False)
    score = dy.Float64(nullable=False)
    off_the_scale = dy.String(nullable=True, check=lambda column: column.is_null())


@dataclass(frozen=True)
class SurveyFile:
    """The files of one mapped survey."""

    survey: SurveySource

    @property
    def name(self) -> str:
        return f"survey:{self.survey.name}"

    @property
    def needs(self) -> str:
        return "the columns " + ", ".join(self._titles())

    def _titles(self) -> list[str]:
        columns = self.survey.columns
        every = (columns.ticket, columns.answered_at, columns.score, columns.email, columns.question)
        return [title for title in every if title]

    def knows(self, part: Part) -> bool:
        return part.form is not Form.LINES and all(part.column(title) for title in self._titles())

    def reading(self, part: Part, context: Context) -> Reading:
        _ = context
        survey, columns = self.survey, self.survey.columns
        ticket, answered, score, email, question = (
            part.column(title) if title else None
            for title in (columns.ticket, columns.answered_at, columns.score, columns.email, columns.question)
        )
        if not (ticket and answered and score):
            raise SourceError(
                f"the file does not fit the survey '{survey.name}'", part.label, expected=self.needs,
                found=", ".join(part.header[:12]) or part.form.value,
                next_step="Correct surveys in config/sources.yml: its columns are the titles of this file",
            )  # fmt: skip
        time = Kind(
            local_time("{x}", survey.time_zone, survey.time_format),
            "unreadable_time",
            f"a time written as {survey.time_format or '2026-11-02 09:30:00'}",
            _FIX,
        )
        low, high = survey.scale_min, survey.scale_max
        hashed_email = f"hashed({email})" if email else "null::varchar"
        return Reading(
            source=self.name,
            relation=part.relation(),
            fields=(
                Field("ticket_ref", ticket, label=columns.ticket),
                Field("answered_at", answered, time, columns.answered_at),
                Field("score", score, NUMBER, columns.score),
                Field("raw_score", score, label=columns.score),
            ),
            extra={
                "email_hash": hashed_email,
                "question": f"without_addresses(filled({question}))" if question else literal(survey.question),
                "reference": f"coalesce(filled({ticket}), {hashed_email})",
                "off_the_scale": f"case when try_cast({score} as double) not between {low} and {high} then {score} end",
            },
            tables=(Table("survey_answer", _select(survey.name)),),
            contract=AnswerRow,
            rules=_rules(survey),
            key="answer_id",
            last_at="answered_at",
            settings=survey.model_dump_json(),
            personal=frozenset({columns.email} if columns.email else ()),
        )


def _rules(survey: SurveySource) -> dict[str, Rule]:
    columns = survey.columns
    scale = f"a score from {survey.scale_min:g} to {survey.scale_max:g}"
    return {
        "reference|nullability": Rule("missing_ticket", columns.ticket, "a ticket number or an e-mail address", _FIX),
        "answered_at|nullability": Rule("missing_time", columns.answered_at, "the time of the answer", _FIX),
        "score|nullability": Rule("missing_score", columns.score, scale, _FIX),
        "off_the_scale|check": Rule("score_off_the_scale", columns.score, scale, _FIX),
    }


def _select(survey: str) -> str:
    """An answer has no number of its own: it is named by whom, to what, and when."""
    answer_id = f"reference || '/' || {literal(survey)} || '/' || strftime(answered_at, '%Y-%m-%dT%H:%M:%SZ')"
    return (
        f"select ordinal, {literal(survey)}, {answer_id}, ticket_ref, email_hash, answered_at, score, raw_score, "
        "question from good"
    )
