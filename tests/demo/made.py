"""A small demo shop read back from its files: the exports, and beside them the truth."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from demo import Shop, generate_shop

END = date(2026, 11, 22)
TICKETS = 1500

Json = dict[str, Any]


@dataclass(frozen=True)
class Made:
    """The folders of one generated shop, and their files as objects."""

    exports: Path
    truth: Path

    @cached_property
    def tickets(self) -> list[Json]:
        return lines(self.exports / "zendesk_tickets.jsonl")

    @cached_property
    def audits(self) -> dict[int, list[Json]]:
        by_ticket: dict[int, list[Json]] = defaultdict(list)
        for audit in lines(self.exports / "zendesk_ticket_audits.jsonl"):
            by_ticket[audit["ticket_id"]].append(audit)
        return by_ticket

    @cached_property
    def facts(self) -> dict[int, Json]:
        return {fact["ticket_id"]: fact for fact in lines(self.truth / "tickets.jsonl")}

    @cached_property
    def ratings(self) -> list[Json]:
        return lines(self.exports / "zendesk_satisfaction_ratings.jsonl")

    @cached_property
    def order_rows(self) -> list[dict[str, str]]:
        return rows(self.exports / "shopify_orders_export.csv")


def lines(path: Path) -> list[Json]:
    """The objects of a JSON-lines file."""
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def make(folder: Path, **parameters: Any) -> Made:
    """Generate a shop of the tests' size unless parameters say otherwise."""
    shop = Shop(**{"tickets": TICKETS, "end": END, **parameters})
    made = Made(folder / "exports", folder / "truth")
    generate_shop(shop, made.exports, truth=made.truth)
    return made
