"""Which days a page goes from and to, how it is called, and which week or month was the last that ended."""

from datetime import date

import pytest

from tasks.report.editions import PageOf
from tasks.report.page import Edition


@pytest.mark.parametrize(
    ("edition", "day", "first", "last", "name"),
    [
        ("daily", date(2026, 11, 23), date(2026, 11, 23), date(2026, 11, 23), "2026/2026-11-23"),
        ("weekly", date(2026, 11, 29), date(2026, 11, 23), date(2026, 11, 29), "2026/2026-W48"),
        ("weekly", date(2027, 1, 1), date(2026, 12, 28), date(2027, 1, 3), "2026/2026-W53"),
        ("weekly", date(2024, 12, 30), date(2024, 12, 30), date(2025, 1, 5), "2025/2025-W01"),
        ("monthly", date(2028, 2, 29), date(2028, 2, 1), date(2028, 2, 29), "2028/2028-02"),
        ("monthly", date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31), "2026/2026-12"),
    ],
)
def test_a_page_holds_its_days_and_is_named_for_them(
    edition: Edition, day: date, first: date, last: date, name: str
) -> None:
    page = PageOf.holding(edition, day)
    assert (page.first_day, page.last_day, page.name) == (first, last, name)


@pytest.mark.parametrize(
    ("edition", "today", "ended"),
    [
        ("daily", date(2026, 11, 23), "2026-11-22"),
        ("weekly", date(2026, 11, 22), "2026-W46"),
        ("weekly", date(2026, 11, 23), "2026-W47"),
        ("monthly", date(2026, 11, 30), "2026-10"),
        ("monthly", date(2026, 12, 1), "2026-11"),
        ("monthly", date(2027, 1, 1), "2026-12"),
    ],
)
def test_what_ended_last_was_over_when_the_day_began(edition: Edition, today: date, ended: str) -> None:
    assert str(PageOf.last_ended(edition, today)) == ended
