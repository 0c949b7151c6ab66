"""What an hour of each agent costs."""

from __future__ import annotations

from pathlib import Path

from tests.oracle.shop import Shop
from tests.oracle.truth import lines


def hourly_costs(home: Path, shop: Shop) -> dict[str, float]:
    """Loaded hourly cost by agent id, through the group that the exported users and groups put the agent in."""
    exports = home / "data" / "exports"
    groups = {row["id"]: row["name"] for row in lines(exports / "groups.jsonl")}
    return {
        str(row["id"]): shop.hourly_by_group.get(groups.get(row["default_group_id"], ""), shop.hourly_default)
        for row in lines(exports / "users.jsonl")
        if row["role"] != "end-user"
    }
