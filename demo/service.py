"""The work itself: how contacts come in, what the bot does, and what each step of each workflow does to a ticket."""

from collections.abc import Iterable

from demo import words
from demo.aftermath import Aftermath
from demo.arrivals import SPAM, TEST, Row
from demo.desk import (
    ANSWER,
    CALL,
    FOLLOW_UP,
    INSPECT,
    OUTREACH,
    REFUND,
    SENT_BACK,
    SORT,
    TRIAGE,
    U_BACK,
    U_BOT,
    U_BOT_TALK,
    U_CHANNEL,
    U_HABIT,
    U_HOLD,
    U_IMPATIENT,
    U_MACRO,
    U_MISROUTE,
    U_PRIORITY,
    U_REFUSED,
    U_ROUTE,
    U_SHORT,
    U_SOLVE,
    U_WORDS,
    WRONG,
    Z_CARRIER,
    Z_WORK,
    Desk,
    Sink,
    log_normal,
)
from demo.engine import Engine
from demo.journal import COMMENT, EMAIL, FORM, MESSAGING, VOICE, WEB, Event, Ticket
from demo.orders import Checkouts, Orders
from demo.shop import (
    ADMIN_ID,
    BOT_ID,
    CART,
    DAY,
    G_NIGHT,
    G_ONBOARDING,
    G_ORDERS,
    G_RETURNS,
    G_SALES,
    G_TRIAGE,
    GROUP_OF_WORKFLOW,
    HOUR,
    LEAD_ID,
    M_CARRIER,
    M_CHECKLIST,
    M_DELAYED,
    M_DISCOUNT,
    M_HELP,
    M_LABEL,
    M_PREFILLED,
    M_REFUND,
    M_REFUSED,
    M_TRACKING,
    M_WELCOME,
    ONBOARDING,
    ORDERS,
    OTHER,
    R_CARRIER,
    R_MORNING,
    REFUND_FIELD,
    RETURNS,
    ROUTING,
    Shop,
)
from demo.staff import Agent

# Minutes of work: by step, and for an answer by workflow.
_MINUTES = {
    TRIAGE: 2.5,
    SORT: 1.0,
    FOLLOW_UP: 5.0,
    WRONG: 2.0,
    SENT_BACK: 2.0,
    INSPECT: 8.0,
    REFUND: 4.0,
    OUTREACH: 4.0,
    CALL: 9.0,
}
_ANSWER_MINUTES = (8.0, 7.5, 11.0, 7.0, 6.0, 6.0)
_PREFILLED_MINUTES = 3.5
# Channel by a uniform draw: below the first number a call, the second the messenger, the third the web form.
_CHANNELS = (
    (0.04, 0.20, 0.45),
    (0.03, 0.35, 0.55),
    (0.02, 0.22, 0.5),
    (0.0, 0.35, 0.5),
    (0.02, 0.14, 0.62),
    (0.0, 0.0, 0.2),
)
# Share solved with the first answer, and put on hold for a third party.
_SOLVED_AT_ONCE = (0.55, 0.40, 0.22, 0.40, 0.0, 0.55)
_HELD = (0.05, 0.20, 0.04, 0.0, 0.0, 0.05)
_MACRO = (M_HELP, M_TRACKING, M_WELCOME, M_DISCOUNT, M_LABEL, M_HELP)
_BOT_CONTAINMENT = (0.38, 0.40, 0.42, 0.35, 0.30, 0.3)
_TARGETS = ((0.34, G_ORDERS), (0.58, G_ONBOARDING), (0.72, G_RETURNS), (0.86, G_SALES), (1.0, G_TRIAGE))
_APPROVAL_WEEKDAY, _APPROVAL_HOUR, _APPROVAL_HOLIDAY_WEEK = 3, 14, 33


class Service(Aftermath):
    """Steps and bot, on top of what time and customers do."""

    def __init__(self, shop: Shop, engine: Engine, orders: Orders, checkouts: Checkouts, sink: Sink) -> None:
        Desk.__init__(self, shop, engine, orders, checkouts, sink)
        self._for_approval: list[Ticket] = []
        self._as_before = shop.on(self.calendar.first)
        self._changes_at = self.calendar.day_start(shop.changes_from)
        self._acts = {
            TRIAGE: self._triage,
            SORT: self._sort,
            ANSWER: self._answer,
            FOLLOW_UP: self._follow_up,
            WRONG: self._pass_on,
            SENT_BACK: self._triage_again,
            INSPECT: self._inspect,
            REFUND: self._refund,
            OUTREACH: self._write_first,
            CALL: self._end_call,
        }
        for day, date in enumerate(self.calendar.dates):
            engine.plan_always(self.calendar.at(day, 5 * HOUR + 300), self._morning, None)
            free = date in self.calendar.holidays or date.isocalendar().week == _APPROVAL_HOLIDAY_WEEK
            if date.weekday() == _APPROVAL_WEEKDAY and not free:
                engine.plan_always(self.calendar.at(day, _APPROVAL_HOUR * HOUR), self._approve_batch, None)

    def run(self, arrivals: Iterable[Row]) -> None:
        """Run the year, then hand over what is still open, oldest first."""
        self.engine.run(self, arrivals)
        for number in sorted(self.open_tickets):
            self.emit(self.open_tickets[number])

    def arrive(self, row: Row) -> None:
        """A first contact: of an order, a cart, or of no thing in particular."""
        at, topic, customer, reference, serial, uniform, normal = row
        ticket = Ticket(topic, min(topic, OTHER), -1 if topic == TEST else customer, serial, uniform, normal)
        if topic == CART and reference >= 0:
            ticket.cart, ticket.outreach, ticket.via, ticket.target = reference, True, WEB, G_SALES
            self.engine.enqueue(ticket, G_SALES, OUTREACH, at)
            return
        ticket.order = reference if topic in (ORDERS, RETURNS, ONBOARDING) else -1
        if topic == TEST:
            self._test_ticket(ticket, at)
            return
        call, messenger, form = _CHANNELS[ticket.workflow]
        draw = uniform[U_CHANNEL]
        ticket.via = VOICE if draw < call else MESSAGING if draw < messenger else FORM if draw < form else EMAIL
        ticket.via = EMAIL if topic == SPAM else ticket.via
        if topic == ORDERS:
            ticket.variant = "b" if at >= self.calendar.variant_from and customer * 2654435761 >> 5 & 1 else "a"
        self.admit(ticket, at)

    def admit(self, ticket: Ticket, at: int) -> None:
        """Open the ticket and start its way: the bot, a queue, or the phone (where an agent opens it)."""
        draw = ticket.u[U_PRIORITY]
        ticket.priority = "urgent" if draw < 0.02 else "high" if draw < 0.10 else "normal" if draw < 0.85 else "low"
        ticket.target = GROUP_OF_WORKFLOW[ticket.workflow]
        if ticket.via == VOICE:
            self.engine.enqueue(ticket, ticket.target, CALL, at)
            return
        ticket.bot = ticket.via == MESSAGING
        text = self.wording(ticket)
        self.open_ticket(ticket, at, ticket.requester, text)
        if ticket.bot:
            self.engine.plan_always(at + 12 + int(ticket.u[U_HABIT] * 30), self._bot_greets, ticket)
            return
        step = SORT if ticket.topic == SPAM else TRIAGE if ticket.workflow == ROUTING else ANSWER
        self.engine.enqueue(ticket, ticket.group if ticket.group is not None else ticket.target, step, at)
        self._watch_patience(ticket, at)

    def _watch_patience(self, ticket: Ticket, at: int) -> None:
        if ticket.u[U_IMPATIENT] < 0.22 and ticket.topic < SPAM and ticket.serial < 1 << 36:
            self.engine.plan_always(self.awake(at + 20 * HOUR, ticket.u[U_HABIT]), self.grow_impatient, ticket)

    def _test_ticket(self, ticket: Ticket, at: int) -> None:
        ticket.excluded, ticket.via, ticket.tags = "test", FORM, ["test"]
        text = self.wording(ticket)
        self.open_ticket(ticket, at, ADMIN_ID, text)
        self.engine.plan(at + 600 + int(ticket.u[U_SHORT] * 3000), self._end_test, ticket)

    def _end_test(self, at: int, ticket: Ticket) -> None:
        self.resolved(ticket, self.ids.write(ticket, at, ADMIN_ID, WEB, [ticket.set("status", "solved")]))

    def _shop_at(self, at: int) -> Shop:
        return self.shop if at >= self._changes_at else self._as_before

    # The bot

    def _bot_greets(self, at: int, ticket: Ticket) -> None:
        about = "Hello, I am the shop's assistant. Let me look that up for you."
        at = self.ids.write(ticket, at, BOT_ID, MESSAGING, [Event(COMMENT, "", about)])
        self.engine.plan_always(at + 60 + int(ticket.u[U_BOT_TALK] * 200), self._bot_ends, ticket)

    def _bot_ends(self, at: int, ticket: Ticket) -> None:
        if ticket.u[U_BOT_TALK] < 0.6:
            says = Event(COMMENT, "", words.pick(words.CUSTOMER_REPLIES, ticket.u[U_WORDS]))
            at = self.ids.write(ticket, at, ticket.requester, MESSAGING, [says]) + 9
        keeps = self._shop_at(at).bot_containment if ticket.workflow == ORDERS else _BOT_CONTAINMENT[ticket.workflow]
        if ticket.u[U_BOT] < keeps:
            says = Event(COMMENT, "", "Here is the status I found. Is there anything else?")
            at = self.ids.write(ticket, at, BOT_ID, MESSAGING, [says, ticket.set("status", "solved")])
            self.resolved(ticket, at, luckless=0.08)
            return
        group = self.first_group(ticket, at)
        events = [Event(COMMENT, "", "I am handing you over to a colleague."), ticket.set("group", group)]
        at = self.ids.write(ticket, at, BOT_ID, MESSAGING, [*events, ticket.add_tag("bot_handover")])
        self.engine.enqueue(ticket, group, TRIAGE if ticket.workflow == ROUTING else ANSWER, at)
        self._watch_patience(ticket, at)

    def _morning(self, at: int, _: None) -> None:
        for ticket in self.engine.waiting(G_NIGHT):
            self.automation(ticket, at, [ticket.set("group", ticket.target, R_MORNING)])
            self.engine.enqueue(ticket, ticket.target, TRIAGE if ticket.workflow == ROUTING else ANSWER, at)

    # Steps

    def begin(self, agent: Agent, ticket: Ticket, step: int, at: int) -> int:
        """Take a ticket in hand: pick it up where the step asks for it; returns the seconds of work."""
        if step == OUTREACH and self.checkouts.completed[ticket.cart]:
            return 30
        if step == CALL:
            ticket.status, ticket.group, ticket.assignee, ticket.owner = "open", agent.group, agent.id, agent.place
            text = self.wording(ticket)
            self.open_ticket(ticket, at, agent.id, f"Call: {text}")
        elif step not in (TRIAGE, SORT, SENT_BACK, OUTREACH) and ticket.assignee != agent.id:
            self.pick_up(agent, ticket, at)
        if step == ANSWER and ticket.duplicate is not None:
            self.merge(agent, ticket, at + 20)
        minutes = _ANSWER_MINUTES[ticket.workflow] if step == ANSWER else _MINUTES[step]
        if step == ANSWER and ticket.variant == "b":
            minutes = _PREFILLED_MINUTES
        visit = min(ticket.replies + (step in (WRONG, SENT_BACK)), 5)
        return max(40, int(60 * agent.speed * log_normal(minutes, 0.55, ticket.z[Z_WORK + visit])))

    def finish(self, agent: Agent, ticket: Ticket, step: int, at: int) -> None:
        """Do what the step does."""
        self._acts[step](agent, ticket, at)

    def _triage(self, agent: Agent, ticket: Ticket, at: int) -> None:
        group = next(group for limit, group in _TARGETS if ticket.u[U_ROUTE] < limit)
        ticket.target = group
        if group == G_TRIAGE:
            self._answer(agent, ticket, at)
            return
        wrong = ticket.u[U_MISROUTE] < 0.15
        chosen = group % 4 + 1 if wrong else group
        self._move(agent, ticket, at, chosen)
        self.engine.enqueue(ticket, chosen, WRONG if wrong else ANSWER, at)

    def _move(self, agent: Agent, ticket: Ticket, at: int, group: int) -> None:
        events = [ticket.set("group", group)]
        if ticket.assignee is not None:
            events.append(ticket.set("assignee", None))
            ticket.owner = -1
        ticket.handoffs += 1
        ticket.work += agent.seconds
        self.ids.write(ticket, at, agent.id, WEB, events, agent.seconds)

    def _pass_on(self, agent: Agent, ticket: Ticket, at: int) -> None:
        """Not ours: back to triage, or straight to the right group."""
        back = ticket.u[U_BACK] < 0.35
        group = G_TRIAGE if back else ticket.target
        about = "Not for us." if back else "This belongs to another team."
        changes = [ticket.set("group", group), ticket.set("assignee", None)]
        ticket.owner = -1
        ticket.handoffs += 1
        at = self.note(agent.id, ticket, at, about, changes, agent.seconds)
        self.engine.enqueue(ticket, group, SENT_BACK if back else ANSWER, at)

    def _triage_again(self, agent: Agent, ticket: Ticket, at: int) -> None:
        self._move(agent, ticket, at, ticket.target)
        self.engine.enqueue(ticket, ticket.target, ANSWER, at)

    def _sort(self, agent: Agent, ticket: Ticket, at: int) -> None:
        """Spam: most is tagged and solved, some deleted."""
        deleted = ticket.u[U_SHORT] < 0.25
        ticket.excluded = "deleted" if deleted else "spam"
        events = [ticket.add_tag("spam"), ticket.set("status", "deleted" if deleted else "solved")]
        ticket.work += agent.seconds
        at = self.ids.write(ticket, at, agent.id, WEB, events, agent.seconds)
        if deleted:
            self.emit(ticket)
        else:
            self.resolved(ticket, at)

    def _macro(self, ticket: Ticket) -> int | None:
        draw = ticket.u[U_MACRO + min(ticket.replies, 3)]
        if ticket.replies == 0 and ticket.variant == "b":
            return M_PREFILLED
        if draw > 0.62:
            return None
        if ticket.replies == 0:
            return _MACRO[ticket.workflow]
        late = ticket.workflow == ORDERS
        return M_DELAYED if late else M_CHECKLIST if ticket.workflow == ONBOARDING else None

    def _answer(self, agent: Agent, ticket: Ticket, at: int) -> None:
        workflow, prefilled = ticket.workflow, ticket.variant == "b"
        text = words.answer(workflow, ticket.u[U_WORDS], self.order_text(ticket))
        if ticket.u[U_HOLD] < _HELD[workflow] * (0.6 if prefilled else 1.0) and ticket.reopens == 0:
            macro = M_CARRIER if workflow == ORDERS else None
            at = self.reply(agent, ticket, at, text, "hold", macro)
            ticket.token += 1
            wait = int(log_normal(1.6 * DAY, 0.6, ticket.z[Z_CARRIER]))
            self.engine.plan(at + wait, self._carrier_answers, ticket)
            return
        at_once = _SOLVED_AT_ONCE[workflow] + (0.22 if prefilled else 0.0)
        solves = ticket.u[U_SOLVE] < at_once
        at = self.reply(agent, ticket, at, text, "solved" if solves else "pending", self._macro(ticket))
        if solves:
            self.resolved(ticket, at, 0.05 if ticket.handoffs > 1 else 0.0)
        else:
            self.pended(ticket, at)

    def _carrier_answers(self, at: int, ticket: Ticket) -> None:
        at = self.automation(ticket, at, [ticket.set("status", "open", R_CARRIER)])
        self.back_to_work(ticket, at)

    def _follow_up(self, agent: Agent, ticket: Ticket, at: int) -> None:
        visit = min(ticket.replies, 3)
        solves = ticket.u[U_SOLVE + visit] < 0.72 or ticket.pends >= 3
        text = words.pick(words.FOLLOW_UPS, ticket.u[U_WORDS])
        at = self.reply(agent, ticket, at, text, "solved" if solves else "pending", self._macro(ticket))
        if solves:
            self.resolved(ticket, at)
        else:
            self.pended(ticket, at)

    def _inspect(self, agent: Agent, ticket: Ticket, at: int) -> None:
        """The goods are back: refuse, refund, or ask the lead for approval."""
        cents = self.refund_cents(ticket)
        if ticket.u[U_REFUSED] < 0.08:
            ticket.fields[REFUND_FIELD] = "0.00"
            at = self.reply(agent, ticket, at, "We cannot refund this.", "solved", M_REFUSED)
            self.resolved(ticket, at, luckless=0.25)
            return
        amount = ticket.set_field(REFUND_FIELD, f"{cents / 100:.2f}")
        if not self._shop_at(at).approval_step or cents <= self.shop.approval_over * 100:
            self._refund(agent, ticket, at)
            return
        changes = [amount, ticket.add_tag("refund_approval"), ticket.set("assignee", LEAD_ID)]
        ticket.handoffs += 1
        self.note(agent.id, ticket, at, f"Refund of {cents / 100:.2f} EUR, please approve.", changes, agent.seconds)
        self._for_approval.append(ticket)

    def _approve_batch(self, at: int, _: None) -> None:
        """The lead works through everything that waits; in a large shop faster."""
        batch, self._for_approval = self._for_approval, []
        each = min(150, 3 * HOUR // max(len(batch), 1))
        for place, ticket in enumerate(batch):
            self.engine.plan_always(at + 90 + place * each, self._approve, ticket)

    def _approve(self, at: int, ticket: Ticket) -> None:
        agent = self.engine.staff.agents[ticket.owner]
        at = self.note(LEAD_ID, ticket, at, "Approved.", [ticket.set("assignee", agent.id)], 90)
        self.engine.enqueue_own(ticket, REFUND, at)

    def _refund(self, agent: Agent, ticket: Ticket, at: int) -> None:
        if ticket.order >= 0:
            self.orders.refunded[ticket.order] = self.refund_cents(ticket)
        text = f"Your refund of {self.refund_cents(ticket) / 100:.2f} EUR is on its way."
        self.resolved(ticket, self.reply(agent, ticket, at, text, "solved", M_REFUND))

    def _write_first(self, agent: Agent, ticket: Ticket, at: int) -> None:
        """A salesperson writes to somebody who left a cart; some come back to it for that."""
        cart = ticket.cart
        if self.checkouts.completed[cart]:
            return
        ticket.status, ticket.group, ticket.assignee, ticket.owner = "pending", agent.group, agent.id, agent.place
        ticket.priority, ticket.subject, ticket.work = "low", words.OUTREACH_SUBJECT, agent.seconds
        self.open_ticket(ticket, at, agent.id, "We kept your cart for you. Can we help?")
        order = int(self.checkouts.order[cart])
        if self.checkouts.winnable[cart] and self.orders.created[order] > at:
            self.orders.exists[order] = True
            self.checkouts.completed[cart] = self.orders.created[order]
        self.pended(ticket, at)

    def _end_call(self, agent: Agent, ticket: Ticket, at: int) -> None:
        solves = ticket.u[U_SOLVE] < 0.7
        about = "Told the customer on the phone." if solves else "I will find out and write to the customer."
        status = ticket.set("status", "solved" if solves else "pending")
        at = self.note(agent.id, ticket, at, about, [status], agent.seconds)
        if solves:
            self.resolved(ticket, at)
        else:
            self.pended(ticket, at)
