"""What follows from an answer without anybody's work: customers' replies, reminders, surveys, closing, coming back."""

from math import exp, log
from typing import NamedTuple

from demo import words
from demo.arrivals import child_serial, luck
from demo.calendar import iso
from demo.desk import (
    ANSWER,
    FOLLOW_UP,
    INSPECT,
    U_CES,
    U_CSAT_ANSWER,
    U_CSAT_EDIT,
    U_CSAT_GOOD,
    U_CSAT_OFFER,
    U_HABIT,
    U_IMPATIENT,
    U_REOPEN,
    U_REPEAT,
    U_REPLY,
    U_WORDS,
    Z_CES,
    Z_REOPEN,
    Z_REPLY,
    Desk,
    log_normal,
)
from demo.journal import CHANGE, EMAIL, MESSAGING, NOTIFY, Event, Ticket
from demo.journal import FOLLOW_UP as VIA_FOLLOW_UP
from demo.shop import (
    DAY,
    GROUP_OF_WORKFLOW,
    HOUR,
    R_CLOSE,
    R_CSAT,
    R_REMIND,
    R_SOLVE,
    REFUND_FIELD,
    RETURNS,
)

# Chance that a customer answers a pending ticket, and after how many hours (mean), by workflow and variant.
_ANSWERS = (0.55, 0.52, 0.78, 0.50, 0.88, 0.45)
_HOURS = (14.0, 12.0, 22.0, 10.0, 60.0, 20.0)
_OUTREACH_ANSWERS = 0.26
_QUIET = 4 * DAY
_REPEAT_KIND, _DUPLICATE_KIND = 1, 2


class Again(NamedTuple):
    """What a later contact keeps of the ticket that it follows from."""

    topic: int
    workflow: int
    customer: int
    order: int
    serial: int
    parent: int
    solved: int
    variant: str | None


class Aftermath(Desk):
    """Plans what time and customers do to a ticket, and does it when its instant comes."""

    def pended(self, ticket: Ticket, at: int) -> None:
        """The ball is with the customer: he answers, or a reminder and the 4-day rule follow."""
        visit = min(ticket.pends, 3)
        ticket.pends += 1
        ticket.token += 1
        chance = _OUTREACH_ANSWERS if ticket.outreach and not ticket.replies else _ANSWERS[ticket.workflow]
        if ticket.variant == "b":
            chance *= 0.7
        answers = ticket.u[U_REPLY + visit] < chance
        sigma = 0.5 if ticket.workflow == RETURNS and visit == 0 else 1.0
        delay = int(HOUR * log_normal(_HOURS[ticket.workflow], sigma, ticket.z[Z_REPLY + visit])) + 120
        back = self.awake(at + delay, ticket.u[U_HABIT])
        if not answers or back > at + 2 * DAY:
            self.engine.plan(at + 2 * DAY, self._remind, ticket)
        if answers and back < at + _QUIET:
            self.engine.plan(back, self._answers, ticket)
            return
        if ticket.via == MESSAGING and ticket.u[U_HABIT] < 0.06:
            self.engine.plan(self.awake(at + 5 * HOUR, 0.5), self._solves_it_himself, ticket)
        ticket.late = back if answers else 0
        self.engine.plan(at + _QUIET + HOUR // 2, self._solve_quiet, ticket)

    def _remind(self, at: int, ticket: Ticket) -> None:
        events = [Event(NOTIFY, "reminder", ticket.requester, None, R_REMIND)]
        if "pending_reminder" not in ticket.tags:
            events.insert(0, ticket.add_tag("pending_reminder", rule=R_REMIND))
        self.automation(ticket, at, events)

    def _solve_quiet(self, at: int, ticket: Ticket) -> None:
        self.resolved(ticket, self.automation(ticket, at, [ticket.set("status", "solved", R_SOLVE)]))

    def _solves_it_himself(self, at: int, ticket: Ticket) -> None:
        ticket.late = 0
        self.resolved(ticket, self.ids.write(ticket, at, ticket.requester, MESSAGING, [ticket.set("status", "solved")]))

    def _answers(self, at: int, ticket: Ticket) -> None:
        at = self.customer_says(ticket, at, words.pick(words.CUSTOMER_REPLIES, ticket.u[U_WORDS]), reopens=True)
        self.back_to_work(ticket, at)

    def back_to_work(self, ticket: Ticket, at: int) -> None:
        """The ball is with the team again: the agent who keeps the ticket, or else its group's queue."""
        step = FOLLOW_UP if ticket.replies else ANSWER
        if ticket.workflow == RETURNS and ticket.replies and REFUND_FIELD not in ticket.fields:
            step = INSPECT
        if ticket.owner >= 0:
            self.engine.enqueue_own(ticket, step, at)
        else:
            group = GROUP_OF_WORKFLOW[ticket.workflow] if ticket.group is None else ticket.group
            self.engine.enqueue(ticket, group, step, at)

    def resolved(self, ticket: Ticket, at: int, luckless: float = 0.0) -> None:
        """The ticket is solved for now: it may be reopened, is surveyed, closed, and may come back as a new one."""
        ticket.token += 1
        ticket.solved_at = at
        if ticket.late:
            self.engine.plan(max(ticket.late, at + 60), self._reopen, ticket)
            ticket.late = 0
        elif not ticket.excluded and not (ticket.outreach and ticket.pends < 2 and not ticket.replies):
            self._plan_reopening(ticket, at, luckless)
            self._plan_surveys(ticket, at)
            self._plan_repeat(ticket, at, luckless)
        self.engine.plan(at + _QUIET + HOUR // 3, self._close, ticket)

    def _plan_reopening(self, ticket: Ticket, at: int, luckless: float) -> None:
        visit = min(ticket.reopens, 2)
        chance = (0.045 + luckless) * (1.0, 0.5, 0.2)[visit]
        if ticket.u[U_REOPEN + visit] < chance:
            delay = int(log_normal(14 * HOUR, 0.8, ticket.z[Z_REOPEN + visit % 2])) + 300
            self.engine.plan(self.awake(at + min(delay, 3 * DAY), ticket.u[U_HABIT]), self._reopen, ticket)

    def _plan_surveys(self, ticket: Ticket, at: int) -> None:
        if ticket.u[U_CSAT_OFFER] < 0.85 and ticket.csat is None:
            self.engine.plan(at + DAY, self._offer_rating, ticket)
        if ticket.u[U_CES] < 0.16 and ticket.ces is None:
            wait = int(ticket.u[U_CES] / 0.16 * 40 * HOUR) + 3 * HOUR
            self.engine.plan(self.awake(at + DAY + wait, ticket.u[U_HABIT]), self._answer_ces, ticket)

    def _plan_repeat(self, ticket: Ticket, at: int, luckless: float) -> None:
        chance = 0.05 + 0.4 * luckless + (0.02 if ticket.replies > 2 else 0.0)
        if ticket.serial >= 1 << 38 or ticket.u[U_REPEAT] >= chance:
            return
        share = ticket.u[U_REPEAT] / chance
        again = Again(
            ticket.topic, ticket.workflow, ticket.customer, ticket.order, ticket.serial, ticket.id, at, ticket.variant
        )
        back = self.awake(at + int(share * share * 12 * DAY) + 6 * HOUR, share)
        self.engine.plan_always(back, self._come_back, again)

    def _reopen(self, at: int, ticket: Ticket) -> None:
        if ticket.status != "solved":
            return
        ticket.reopens += 1
        at = self.customer_says(ticket, at, words.pick(words.REOPENINGS, ticket.u[U_WORDS]), reopens=True)
        self.back_to_work(ticket, at)

    def _mood(self, ticket: Ticket) -> float:
        """How content the customer is: waits, touches, hand-overs and reopenings wear it down."""
        first = (ticket.first_reply or ticket.solved_at) - ticket.created
        whole = ticket.solved_at - ticket.created
        mood = 2.9 - 0.30 * log(1 + first / HOUR) - 0.28 * log(1 + whole / (8 * HOUR))
        mood -= 0.18 * max(ticket.replies - 1, 0) + 0.9 * ticket.reopens + 0.25 * ticket.handoffs
        if ticket.bot:
            mood -= 0.25 if ticket.replies == 0 else 0.6
        return mood + (0.35 if ticket.variant == "b" else 0.0)

    def _offer_rating(self, at: int, ticket: Ticket) -> None:
        change = Event(CHANGE, "satisfaction_score", "offered", "unoffered", R_CSAT)
        at = self.automation(ticket, at, [change])
        ticket.csat = {"offered_at": iso(at)}
        ticket.rating.append((self.ids.rating(), at, at, "offered"))
        mood = self._mood(ticket)
        eager = 0.30 + 0.05 * (abs(mood - 1.5) > 1.0)
        if ticket.u[U_CSAT_ANSWER] < eager:
            wait = 600 + int(ticket.u[U_CSAT_ANSWER] / eager * 2 * DAY)
            self.engine.plan(self.awake(at + wait, ticket.u[U_HABIT]), self._rate, ticket)

    def _rate(self, at: int, ticket: Ticket) -> None:
        good = ticket.u[U_CSAT_GOOD] < 1 / (1 + exp(-self._mood(ticket)))
        self._score(at, ticket, good, "offered")
        if ticket.u[U_CSAT_EDIT] < 0.04:
            self.engine.plan(at + 5 * HOUR, self._change_mind, ticket)

    def _change_mind(self, at: int, ticket: Ticket) -> None:
        good = ticket.rating[-1][3] == "good"
        self._score(at, ticket, not good, "good" if good else "bad")

    def _score(self, at: int, ticket: Ticket, good: bool, before: str) -> None:
        score = "good" if good else "bad"
        event = Event(CHANGE, "satisfaction_score", score, before)
        at = self.ids.write(ticket, at, ticket.requester, EMAIL, [event])
        number, offered, _, _ = ticket.rating[-1]
        if 0.3 < ticket.u[U_CSAT_EDIT] < 0.5:  # some answers come as a record of their own
            ticket.rating.append((self.ids.rating(), at, at, score))
        else:
            ticket.rating[-1] = (number, offered, at, score)
        ticket.csat = {**(ticket.csat or {}), "answered_at": iso(at), "good": good}

    def _answer_ces(self, at: int, ticket: Ticket) -> None:
        ease = 5.1 + 0.42 * (self._mood(ticket) - 1.5) + 1.1 * ticket.z[Z_CES]
        score = min(7, max(1, round(ease)))
        ticket.ces = (at, score)

    def _close(self, at: int, ticket: Ticket) -> None:
        self.automation(ticket, at, [ticket.set("status", "closed", R_CLOSE)])
        self.emit(ticket)

    def _come_back(self, at: int, again: Again) -> None:
        serial = child_serial(again.serial, _REPEAT_KIND)
        ticket = self.child(again.topic, again.workflow, again.customer, again.order, serial)
        ticket.variant, ticket.parent = again.variant, again.parent
        ticket.via = VIA_FOLLOW_UP if at > again.solved + _QUIET + DAY // 2 and ticket.u[U_HABIT] < 0.5 else EMAIL
        self.admit(ticket, at)

    def child(self, topic: int, workflow: int, customer: int, order: int, serial: int) -> Ticket:
        """A contact that follows from another one."""
        uniform, normal = luck(self.shop.seed, serial)
        ticket = Ticket(topic, workflow, customer, serial, uniform, normal)
        ticket.order = order
        return ticket

    def grow_impatient(self, at: int, ticket: Ticket) -> None:
        """Still no answer: the customer asks again in the ticket, or opens a second one."""
        if ticket.todo is None or ticket.replies:
            return
        if ticket.u[U_IMPATIENT] >= 0.05:
            self.customer_says(ticket, at, words.pick(words.NUDGES, ticket.u[U_WORDS]), reopens=False)
            return
        serial = child_serial(ticket.serial, _DUPLICATE_KIND)
        second = self.child(ticket.topic, ticket.workflow, ticket.customer, ticket.order, serial)
        second.variant, second.via, second.parent = ticket.variant, EMAIL, ticket.id
        ticket.duplicate = second
        self.admit(second, at)

    def admit(self, ticket: Ticket, at: int) -> None:
        """Let a contact of a known kind in (the service's part)."""
        raise NotImplementedError
