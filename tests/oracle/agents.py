"""What an hour of each agent costs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.oracle.shop import Shop


def hourly_costs(home: Path, shop: Shop) -> dict[str, float]:
    """Loaded hourly cost by agent id, through the group that the exported users and groups put the agent in."""
    exports = home / "data" / "exports"
    groups = {row["id"]: row["name"] for row in _records(exports, "groups")}
    return {
        str(row["id"]): shop.hourly_by_group.get(groups.get(row["default_group_id"], ""), shop.hourly_default)
        for row in _records(exports, "users")
        if row["role"] != "end-user"
    }


def _records(exports: Path, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((exports / f"zendesk_{kind}.json").read_text(encoding="utf-8"))[kind]
    return found
