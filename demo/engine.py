"""The discrete-event engine: one clock, queues, agents. What work is and what follows from it, service.py decides.

Rules: an agent takes his own tickets and his group's queue by the longer wait, urgent ones of the queue first, then
looks at the groups he helps. Work once begun is finished, past the end of the shift if need be. Ties go by order of
planning.
"""

from collections import deque
from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from typing import Any, Protocol

from demo.arrivals import Row
from demo.calendar import Calendar
from demo.journal import Ticket
from demo.shop import GROUPS
from demo.staff import Agent, Staff

Act = Callable[[int, Any], None]
_LAST_MINUTES = 120  # nothing starts so late that its last second would fall behind the end
_NEXT_AFTER = 7  # seconds from one ticket to the next
_LASTING = -1


class Work(Protocol):
    """What the engine asks of the service."""

    def begin(self, agent: Agent, ticket: Ticket, step: int, at: int) -> int:
        """Take a ticket in hand; returns the seconds of work."""

    def finish(self, agent: Agent, ticket: Ticket, step: int, at: int) -> None:
        """Do what the step does to the ticket."""

    def arrive(self, row: Row) -> None:
        """Let a contact in."""


class Engine:
    """Clock, queues and agents of one run."""

    def __init__(self, calendar: Calendar, staff: Staff) -> None:
        self.calendar, self.staff = calendar, staff
        self._heap: list[tuple[int, int, Act, Any, int]] = []
        self._planned = 0
        self._queues: list[tuple[deque[Ticket], deque[Ticket]]] = [(deque(), deque()) for _ in GROUPS]
        self._idle: list[list[Agent]] = [[] for _ in GROUPS]
        self._helpers = [[g for g in range(len(GROUPS)) if group in self._helps(g)] for group in range(len(GROUPS))]
        self._work: Work

    def _helps(self, group: int) -> tuple[int, ...]:
        return next(agent.helps for agent in self.staff.agents if agent.group == group)

    def plan(self, at: int, act: Act, ticket: Ticket) -> None:
        """Do something to a ticket at an instant, unless its state has moved on by then."""
        self._planned += 1
        heappush(self._heap, (at, self._planned, act, ticket, ticket.token))

    def plan_always(self, at: int, act: Act, subject: Any) -> None:
        """Do something at an instant, whatever happens until then."""
        self._planned += 1
        heappush(self._heap, (at, self._planned, act, subject, _LASTING))

    def run(self, work: Work, arrivals: Iterable[Row]) -> None:
        """Run from the first contact to the end of the calendar."""
        self._work = work
        for agent in self.staff.agents:
            self._plan_shift(agent)
        heap, end = self._heap, self.calendar.end - _LAST_MINUTES
        for row in arrivals:
            while heap and heap[0][0] < row[0]:
                self._step(heap)
            work.arrive(row)
        while heap and heap[0][0] < end:
            self._step(heap)

    @staticmethod
    def _step(heap: list[tuple[int, int, Act, Any, int]]) -> None:
        at, _, act, subject, token = heappop(heap)
        lasting = token == _LASTING
        if lasting or token == subject.token:
            act(at, subject)

    def enqueue(self, ticket: Ticket, group: int, step: int, at: int) -> None:
        """Put a ticket into a group's queue for a step, and hand it to whoever is free."""
        ticket.todo, ticket.queued_at = step, at
        ticket.token += 1
        self._queues[group][0 if ticket.priority in ("urgent", "high") else 1].append(ticket)
        for source in (group, *self._helpers[group]):
            idle = self._idle[source]
            while idle:
                agent = idle.pop()
                agent.listed = False
                if at < agent.until and not agent.busy:
                    self._look_for_work(agent, at)
                    return

    def enqueue_own(self, ticket: Ticket, step: int, at: int) -> None:
        """Put a ticket back on the desk of the agent who keeps it."""
        ticket.todo, ticket.queued_at = step, at
        ticket.token += 1
        agent = self.staff.agents[ticket.owner]
        agent.own.append(ticket)
        if at < agent.until and not agent.busy:
            self._look_for_work(agent, at)

    def waiting(self, group: int) -> list[Ticket]:
        """Take every ticket out of a group's queue."""
        taken = [ticket for queue in self._queues[group] for ticket in queue if ticket.todo is not None]
        for queue in self._queues[group]:
            queue.clear()
        return taken

    def _plan_shift(self, agent: Agent) -> None:
        while agent.day < self.calendar.days:
            shift = self.staff.shift(agent, agent.day)
            agent.day += 1
            if shift:
                agent.paid += (shift[1] - shift[0]) / 60
                self.plan_always(shift[0], self._shift, (agent, shift[1]))
                return

    def _shift(self, at: int, subject: tuple[Agent, int]) -> None:
        agent, until = subject
        agent.until = until
        self._plan_shift(agent)
        if not agent.busy:
            self._look_for_work(agent, at)

    def _look_for_work(self, agent: Agent, at: int) -> None:
        ticket = self._choose(agent)
        if ticket is None:
            if not agent.listed:
                agent.listed = True
                self._idle[agent.group].append(agent)
            return
        step = ticket.todo
        assert step is not None
        ticket.todo = None
        ticket.token += 1
        agent.busy, agent.ticket, agent.step = True, ticket, step
        seconds = self._work.begin(agent, ticket, step, at)
        agent.seconds = seconds
        agent.minutes += seconds / 60
        self.plan_always(at + seconds, self._finished, agent)

    def _finished(self, at: int, agent: Agent) -> None:
        ticket, agent.ticket = agent.ticket, None
        assert ticket is not None
        self._work.finish(agent, ticket, agent.step, at)
        agent.busy = False
        if at + _NEXT_AFTER < agent.until:
            self._look_for_work(agent, at + _NEXT_AFTER)

    def _choose(self, agent: Agent) -> Ticket | None:
        own = _head(agent.own)
        urgent, normal = self._queues[agent.group]
        queue = urgent if _head(urgent) else normal
        shared = _head(queue)
        mine = own and (shared is None or own.queued_at <= shared.queued_at)
        if mine or (own and queue is normal and own.priority == "urgent"):
            return agent.own.popleft()
        if shared:
            return queue.popleft()
        for group in agent.helps:
            for queue in self._queues[group]:
                if _head(queue):
                    return queue.popleft()
        return None


def _head(queue: deque[Ticket]) -> Ticket | None:
    """The first ticket that still waits; those that were settled meanwhile fall out."""
    while queue:
        if queue[0].todo is not None:
            return queue[0]
        queue.popleft()
    return None
