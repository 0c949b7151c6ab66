"""The effort survey's export: a CSV of a tool beside the helpdesk, local times, scores 1 to 7 with 7 the easiest."""

from pathlib import Path

from demo.calendar import Calendar
from demo.journal import Ticket
from demo.people import email

HEADER = "Ticket ID,Email,Submitted at,Score,Question"
QUESTION = '"The shop made it easy for me to handle my request, 1 to 7."'


class CesFile:
    """Collects the year's answers (a small share of the tickets) and writes them by time."""

    def __init__(self) -> None:
        self._answers: list[tuple[int, int, int, int]] = []

    def add(self, ticket: Ticket) -> None:
        """Keep the ticket's answer, if there is one."""
        if ticket.ces is not None:
            answered, score = ticket.ces
            self._answers.append((answered, ticket.id, ticket.customer, score))

    def write(self, path: Path, calendar: Calendar) -> None:
        """Write the CSV."""
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(HEADER + "\n")
            for answered, ticket, customer, score in sorted(self._answers):
                file.write(f"{ticket},{email(customer)},{calendar.local_text(answered)},{score},{QUESTION}\n")
