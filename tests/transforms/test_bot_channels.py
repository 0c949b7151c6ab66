"""An AI agent that writes as an ordinary user, but over a channel of its own, is a bot."""

from __future__ import annotations

from pathlib import Path

from tests.transforms.conftest import take_through
from tests.transforms.shop import HandmadeShop


def test_what_comes_over_a_bots_channel_is_no_persons_reply(tmp_path: Path) -> None:
    """The AI agent answered after a minute, the person after two hours; the customer's own words are not the bot's."""
    shop = HandmadeShop(tmp_path / "shop")
    agent = shop.agent()
    ticket = shop.ticket("ai_first", "2026-05-11 10:00")
    ticket.team_channel = "answer_bot"
    ticket.reply("2026-05-11 10:01", shop.agent())
    ticket.channel = "answer_bot"
    ticket.customer("2026-05-11 10:05")
    ticket.team_channel = "web"
    ticket.reply("2026-05-11 12:00", agent, status="solved")
    published = take_through(shop)
    row = published.ticket("ai_first")
    assert (row["first_reply_calendar_minutes"], row["public_reply_count"]) == (120, 1)
    kinds = published.rows("select actor_kind from fct_ticket_event where kind = 'comment' order by happened_at")
    assert [kind["actor_kind"] for kind in kinds] == ["customer", "bot", "customer", "human"]
