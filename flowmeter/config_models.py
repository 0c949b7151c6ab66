"""The shapes of config/*.yml. What each key means to a shop owner stands as comments in the templates."""

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from flowmeter.checked_file import Checked
from flowmeter.settings import TimeZoneName


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str | int) and not isinstance(value, bool) else value


def _free_key(key: str) -> str:
    if key in {"all", "unclassified"}:
        raise ValueError(f"'{key}' is a word of Flowmeter's own. Choose another key")
    return key


Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=60), AfterValidator(_free_key)]
Words = Annotated[list[str], BeforeValidator(_as_list), Field(min_length=1)]
Amount = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=6)]


# workflows.yml ---------------------------------------------------------------------------------------------------


class Rule(Checked):
    """One rule: every condition in it must hold; of the words of a condition, any one suffices."""

    tag: Words | None = None
    group: Words | None = None
    form: Words | None = None
    channel: Words | None = None
    field: dict[str, Words] | None = None
    macro: Words | None = None
    subject: Words | None = None
    body: Words | None = None
    priority: Words | None = None
    created_from: dt.date | None = None
    created_before: dt.date | None = None

    @model_validator(mode="after")
    def _has_a_condition(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("a rule needs a condition, such as `tag: returns`")
        return self


class Variant(Checked):
    """A way of running a workflow that is compared with the others of the same workflow."""

    key: Key
    name: str
    rules: list[Rule] = []
    default: bool = False

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if not self.rules and not self.default:
            raise ValueError(f"variant '{self.key}' can never match. Give it rules, or `default: true`")
        return self


def _as_paths(value: Any) -> Any:
    return [value] if isinstance(value, list) and value and all(isinstance(item, str) for item in value) else value


IntendedPath = Annotated[list[str], Field(min_length=2)]


class Workflow(Checked):
    """A kind of request. The first workflow in the file with a rule that matches gets the ticket.

    `intended`: paths of step names that tickets should take; whether there are such steps is known after a build.
    `intended_flow`: instead, a `.flow` file below the shop's folder.
    """

    key: Key
    name: str
    description: str = ""
    order_status: bool = False
    cart_recovery: bool = False
    rules: Annotated[list[Rule], Field(min_length=1)]
    variants: list[Variant] = []
    intended: Annotated[list[IntendedPath], BeforeValidator(_as_paths)] = []
    intended_flow: str = ""

    @model_validator(mode="after")
    def _has_one_intention(self) -> Self:
        if self.intended and self.intended_flow:
            raise ValueError("give either 'intended' (paths of steps) or 'intended_flow' (a .flow file), not both")
        return self


State = Literal["bot", "queue", "assigned", "working", "escalated", "customer", "hold", "reopened", "resolved"]


class Step(Checked):
    """A step of a flowchart. With conditions it names the states in which all of them hold; the first step in the file
    that fits has the visit. Without conditions it only describes the step that has this name already.
    """

    name: Annotated[str, Field(min_length=1, max_length=80)]
    description: str = ""
    state: Annotated[list[State] | None, BeforeValidator(_as_list)] = None
    group: Words | None = None
    tag: Words | None = None
    workflow: Words | None = None


class WorkflowsFile(Checked):
    workflows: list[Workflow] = []
    steps: list[Step] = []


# costs.yml -------------------------------------------------------------------------------------------------------


class HourlyCost(Checked):
    default: Amount = Decimal(0)
    groups: dict[str, Amount] = {}


class Fees(Checked):
    per_ticket: Amount = Decimal(0)
    per_message: Amount = Decimal(0)
    per_automated_resolution: Amount = Decimal(0)


def _first_of_month(value: Any) -> Any:
    """`2025-11` (or any day of it) as its first day."""
    if isinstance(value, dt.date):
        return value.replace(day=1)
    if isinstance(value, str) and re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", value):
        return dt.date.fromisoformat(f"{value}-01")
    raise ValueError(f"'{value}' is no month. Write it like 2025-11")


Month = Annotated[dt.date, BeforeValidator(_first_of_month)]


class FixedCost(Checked):
    """`amount` is per month, from the month `from` to the month `to`, both included; without `to` it goes on."""

    name: str
    amount: Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)]
    first: Annotated[Month, Field(alias="from")]
    last: Annotated[Month | None, Field(alias="to")] = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.last and self.last < self.first:
            raise ValueError(f"'{self.name}' ends ({self.last:%Y-%m}) before it begins ({self.first:%Y-%m})")
        return self


class HandleTime(Checked):
    """Minutes of work, used where the export has no tracked time."""

    cap_minutes: Annotated[float, Field(gt=0)] = 15
    floor_minutes: Annotated[float, Field(ge=0)] = 1
    minutes_per_message: Annotated[float, Field(ge=0)] = 5
    minutes_per_ticket: Annotated[float, Field(ge=0)] = 8


class Costs(Checked):
    hourly_cost: HourlyCost = HourlyCost()
    fees: Fees = Fees()
    fixed_monthly: list[FixedCost] = []
    handle_time: HandleTime = HandleTime()


# targets.yml -----------------------------------------------------------------------------------------------------


class Target(Checked):
    metric: str
    value: float
    workflow: str = "all"
    priority: Literal["all", "urgent", "high", "normal", "low"] = "all"


class TargetsFile(Checked):
    targets: list[Target] = []


# schedules.yml ---------------------------------------------------------------------------------------------------

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _opening_hours(text: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)", text):
        raise ValueError(f"'{text}' are no opening hours. Write them like \"09:00-18:00\" (24:00 is the end of a day)")
    opens, closes = text.split("-")
    if opens == closes:
        raise ValueError(f"'{text}' opens and closes at the same time. All day is \"00:00-24:00\"")
    return text


Hours = Annotated[str, AfterValidator(_opening_hours)]


class Schedule(Checked):
    """Opening hours. A closing time at or before the opening time is on the next day."""

    key: Key
    time_zone: TimeZoneName
    hours: dict[Weekday, Annotated[list[Hours], BeforeValidator(_as_list)]]
    holidays: list[dt.date] = []
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"schedule '{self.key}' ends ({self.valid_to}) before it begins ({self.valid_from})")
        return self


class Schedules(Checked):
    default: str | None = None
    groups: dict[str, str] = {}
    schedules: list[Schedule] = []


# sources.yml -----------------------------------------------------------------------------------------------------


class ZendeskSource(Checked):
    """`time_zone` is the account's own, which its CSV export is written in. A custom field is named by its number, or
    by its title where that is a CSV export.
    """

    url: Annotated[str, Field(pattern=r"^https://[^/\s]+/?$")] = ""
    time_zone: TimeZoneName = "UTC"
    bot_user_ids: list[int] = []
    bot_channels: list[str] = []
    outreach_not: list[str] = ["phone", "voice"]
    test_tags: list[str] = ["test"]
    spam_tags: list[str] = ["spam"]
    tracked_time_field_id: int | None = None
    reason_field_id: int | str | None = None
    language_field_id: int | str | None = None


class ShopifySource(Checked):
    """`time_zone` is for files whose timestamps carry no offset."""

    time_zone: TimeZoneName | None = None


class SurveyColumns(Checked):
    ticket: str
    answered_at: str
    score: str
    email: str | None = None
    question: str | None = None


class SurveySource(Checked):
    """A survey CSV. Effort is the mean on 1-7; the share that agrees is refused rather than quietly left out."""

    name: Key
    kind: Literal["ces", "csat"]
    columns: SurveyColumns
    time_zone: TimeZoneName
    time_format: str | None = None
    scale_min: float
    scale_max: float
    higher_is_easier: bool = True
    method: Literal["mean", "agree"] = "mean"
    satisfied_from: float | None = None
    question: str = ""

    @model_validator(mode="after")
    def _scale_is_a_scale(self) -> Self:
        if self.scale_max <= self.scale_min:
            raise ValueError(f"scale_max ({self.scale_max:g}) must be above scale_min ({self.scale_min:g})")
        if self.method == "agree":
            raise ValueError(
                "'method: agree' is not computed by this version: effort is the mean. Write 'method: mean'"
            )
        if self.kind == "csat" and self.satisfied_from is None:
            raise ValueError("'satisfied_from' is missing: the score from which an answer counts as satisfied")
        if self.satisfied_from is not None and not self.scale_min <= self.satisfied_from <= self.scale_max:
            raise ValueError(f"satisfied_from ({self.satisfied_from:g}) lies outside the scale")
        return self


Meaning = Literal[
    "created", "reply", "private_note", "customer_reply", "solved", "closed", "reopened", "pending", "hold", "open",
    "assigned", "other",
]  # fmt: skip


class EventColumns(Checked):
    case: str
    activity: str | None = None
    time: str | None = None
    start: str | None = None
    resource: str | None = None
    group: str | None = None


class WideEvent(Checked):
    """For files with one row per case: the column `time` holds the instant of this activity."""

    activity: str
    time: str
    meaning: Meaning = "other"


class EventLogCsat(Checked):
    score: str
    answered_at: str
    scale_max: Annotated[float, Field(gt=1)] = 5


class EventLogSource(Checked):
    """Any process log: one row per event (`columns.activity` and `.time`), or one per case (`events`)."""

    name: Key
    columns: EventColumns
    events: list[WideEvent] = []
    time_format: str | None = None
    time_zone: TimeZoneName
    meanings: dict[str, Meaning] = {}
    attributes: Literal["all"] | list[str] = "all"
    channel: str | None = None
    workflow: str | None = None
    priority: str | None = None
    subject: str | None = None
    customer: str | None = None
    url: str | None = None
    csat: EventLogCsat | None = None

    @model_validator(mode="after")
    def _has_one_shape(self) -> Self:
        long = self.columns.activity is not None and self.columns.time is not None
        if long == bool(self.events):
            raise ValueError(
                "give either columns.activity with columns.time (a row per event), or events (a row per case)"
            )
        return self


class Sources(Checked):
    zendesk: ZendeskSource = ZendeskSource()
    shopify: ShopifySource = ShopifySource()
    surveys: list[SurveySource] = []
    event_logs: list[EventLogSource] = []
