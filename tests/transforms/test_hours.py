"""Calendar and business minutes. Support is open Mon-Fri 09-18, Night every night 22-06, both by Berlin's clock."""

from __future__ import annotations

import pytest

from tests.transforms.published import Published, approx
from tests.transforms.shop import MOVED, NIGHT, NOWHERE, SPLIT, SUPPORT, HandmadeShop

# flow: (group, created, replied and solved, calendar minutes, business minutes)
CASES: dict[str, tuple[int, str, str, float, float | None]] = {
    # 02:00 became 03:00: ten hours on the wall are nine; of the shift's eight, seven
    "spring_night": (NIGHT, "2026-03-28 21:00", "2026-03-29 07:00", 540, 420),
    # 03:00 became 02:00: ten hours on the wall are eleven; the shift lasted nine
    "autumn_night": (NIGHT, "2025-10-25 21:00", "2025-10-26 07:00", 660, 540),
    # in the hour that autumn has twice: from the first 02:30 to the second
    "autumn_twice": (NIGHT, "2025-10-26T02:30+02:00", "2025-10-26T02:30+01:00", 60, 60),
    # Friday 17-18 and Monday 9-10; 65 hours on the wall less the lost one
    "spring_weekend": (SUPPORT, "2026-03-27 17:00", "2026-03-30 10:00", 64 * 60, 120),
    # Friday 17-18 and Monday 9-10; 65 hours and the one that came twice
    "autumn_weekend": (SUPPORT, "2025-10-24 17:00", "2025-10-27 10:00", 66 * 60, 120),
    # Thursday 17-18, Labour Day closed, the weekend closed, Monday 9-10
    "holiday": (SUPPORT, "2026-04-30 17:00", "2026-05-04 10:00", 89 * 60, 120),
    # inside one shift, over midnight
    "over_midnight": (NIGHT, "2026-06-02 23:30", "2026-06-03 05:15", 345, 345),
    # the end of one shift, a whole one, the beginning of a third: 1 + 8 + 1 hours
    "three_nights": (NIGHT, "2026-06-02 05:00", "2026-06-03 23:00", 42 * 60, 600),
    # no schedule: unknown, not zero
    "no_schedule": (NOWHERE, "2026-06-02 09:00", "2026-06-02 11:00", 120, None),
    # a schedule, but closed all the time: zero, and known
    "closed": (SUPPORT, "2026-06-06 10:00", "2026-06-06 12:00", 120, 0),
    # 09-17 and 12-20 together are 09-20: eleven hours, not sixteen
    "overlapping": (SPLIT, "2026-06-01 08:00", "2026-06-01 21:00", 13 * 60, 660),
    # 08-16 until 9 June, 10-18 from 10 June: 15-16 and 10-11
    "moved": (MOVED, "2026-06-09 15:00", "2026-06-10 11:00", 20 * 60, 120),
}


def tell(shop: HandmadeShop) -> None:
    """Write the cases."""
    for flow, (group, created, solved, _, _) in CASES.items():
        shop.simple(flow, created, solved, group=group)
    shop.simple("one_known", "2026-06-02 09:00", "2026-06-02 11:00", group=NOWHERE)
    shop.simple("one_known", "2026-06-02 09:00", "2026-06-02 12:00", group=SUPPORT)


@pytest.mark.parametrize("flow", CASES)
def test_minutes(published: Published, flow: str) -> None:
    """The one reply solves, so that first reply and resolution have the same minutes."""
    _, _, _, calendar, business = CASES[flow]
    ticket = published.ticket(flow)
    for part in ("first_reply", "first_resolution", "resolution"):
        assert ticket[f"{part}_calendar_minutes"] == approx(calendar)
        found = ticket[f"{part}_business_minutes"]
        assert found is None if business is None else found == approx(business)


def test_a_kpi_rests_on_the_tickets_whose_schedule_is_known(published: Published) -> None:
    """Of two tickets (2 h without schedule, 3 h with), the business mean is 3 h of one, the calendar mean 2.5 h."""
    day = "2026-06-02"
    assert published.kpi("resolution_time_mean_business_hours", "one_known", day) == (approx(3), 1)
    assert published.kpi("resolution_time_mean_calendar_hours", "one_known", day) == (approx(2.5), 2)
    assert published.kpi("first_reply_median_business_hours", "one_known", day) == (approx(3), 1)


def test_a_kpi_of_no_known_schedule_is_unknown(published: Published) -> None:
    """Null, not zero."""
    assert published.kpi("resolution_time_mean_business_hours", "no_schedule", "2026-06-02") == (None, 0)
