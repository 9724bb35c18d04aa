"""Weeks and months are read as they stand in Postgres: order, what came before, and periods that are not there."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tasks.errors import DatabaseError
from tasks.marts import Span
from tasks.marts.periods import read_month, read_week
from tasks.report.files import set_page
from tasks.report.monthly import build_monthly
from tasks.report.weekly import build_weekly
from tests.contracts import tables_in_sql

MONDAY, NOVEMBER = date(2026, 11, 23), date(2026, 11, 1)
TOKYO, MADE = ZoneInfo("Asia/Tokyo"), datetime(2026, 12, 1, 1, tzinfo=UTC)

MARTS = tables_in_sql(
    [
        *("daily_summary", "daily_category", "daily_timeline", "days", "categories", "day_notes", "sources"),
        *("plan_ledger", "plan_outcomes", "sleep", "streaks"),
        *("weekly_summary", "weekly_category", "monthly_summary", "monthly_category"),
    ]
)
PERIODS = """
insert into marts.days values
    ('2026-11-22', '2026-11-21T15:00Z', '2026-11-22T15:00Z', 86400, 7, '2026-11-16', '2026-11-01', 'holiday',
     null, null, true),
    ('2026-11-23', '2026-11-22T15:00Z', '2026-11-23T15:00Z', 86400, 1, '2026-11-23', '2026-11-01', 'holiday',
     'Labor Thanksgiving Day', '勤労感謝の日', true),
    ('2026-11-29', '2026-11-28T15:00Z', '2026-11-29T15:00Z', 86400, 7, '2026-11-23', '2026-11-01', 'weekday',
     null, null, true);
insert into marts.daily_summary values
    ('2026-11-22', 'holiday', 86400, 0, 86400, 0, 0, 'current', null, false),
    ('2026-11-23', 'holiday', 86400, 7200, 79200, 3600, 0, 'frozen', 0.5000, false),
    ('2026-11-29', 'weekday', 86400, 3600, 82800, 0, 0, 'frozen', null, false),
    ('2026-11-30', 'weekday', 86400, 0, 0, 5400, 0, 'current', null, true),
    ('2026-12-07', 'weekday', 86400, 0, 0, 9999, 0, 'current', null, true);
insert into marts.categories values
    ('Work', 'Work', '仕事', '#0b83d9', 2, 'Work', false), ('Sleep', 'Sleep', '睡眠', '#465bb3', 1, 'Life', true);
insert into marts.daily_category values
    ('2026-11-23', 'Work', 'Work', 3600, 3600, 3600, 1800, 7200, 'more', null, false),
    ('2026-11-23', 'Sleep', 'Life', 3600, 3600, 0, 0, null, null, 3000, null);
insert into marts.daily_timeline values
    ('2026-11-23', 'actual', '2026-11-23T00:00Z', '2026-11-23T01:00Z', 'Work', '設計', 'lifetracer', '7', 'Alone',
     '2026-11-23T00:00Z', '2026-11-23T01:00Z', true),
    ('2026-11-23', 'plan', '2026-11-23T00:30Z', '2026-11-23T01:30Z', 'Work', 'Design', null, 'c:e', null,
     '2026-11-23T00:30Z', '2026-11-23T01:30Z', false);
insert into marts.day_notes values ('2026-11-23', 'Trip', 'Me', 'Uncategorized', 'c:n', false);
insert into marts.plan_ledger values
    ('2026-11-23', 'c:e', '2026-11-23T01:00Z', '2026-11-23T01:30Z', 1800, 'early', 'Work', 'Design', 'Untracked',
     false),
    ('2026-11-23', 'c:e', '2026-11-23T00:30Z', '2026-11-23T01:00Z', 1800, 'kept', 'Work', 'Design', 'Work', false);
insert into marts.plan_outcomes values
    ('2026-11-23', 'c:e', 'Design', 'Work', '2026-11-23T00:30Z', '2026-11-23T01:30Z', 3600, 1800, 0, 1800, 0, 0, 0,
     'Untracked', 1800, false);
insert into marts.sleep values
    ('2026-11-22', 1, 'main', '2026-11-21T14:00Z', '2026-11-21T22:00Z', 28800, 0, 0),
    ('2026-11-23', 1, 'main', '2026-11-22T14:00Z', '2026-11-22T22:30Z', 30000, 600, 1);
insert into marts.streaks values
    ('2026-11-22', 'Work', true, 4, 9), ('2026-11-23', 'Work', false, 0, 9);
insert into marts.weekly_summary values
    ('2026-08-31', '2026-08-31', '2026-09-06', 7, 604800, 1, 2, 3, 0, 0.1, 0.2, 0.5, 0, 0, false),
    ('2026-09-07', '2026-09-07', '2026-09-13', 7, 604800, 36000, 2, 3, 0, 0.2, 0.4, 0.5, 0, 0, false),
    ('2026-11-23', '2026-11-23', '2026-11-29', 2, 172800, 10800, 162000, 3600, 0, 0.5, 0.75, 0.6667, 1, 30000, false),
    ('2026-11-30', '2026-11-30', '2026-11-30', 1, 86400, 0, 0, 5400, 0, 0, 0, null, 0, 0, true);
insert into marts.weekly_category values
    ('2026-08-31', 'Work', 'Work', 7, 1, 1, 0, 0, null, 0, 0, null),
    ('2026-09-07', 'Work', 'Work', 7, 36000, 36000, 0, 0, null, 0, 0, null),
    ('2026-11-23', 'New', null, 1, 3600, 3600, 0, 0, null, 0, 0, 0),
    ('2026-11-23', 'Work', 'Work', 1, 3600, 3600, 3600, 1800, 7200, 0, 1, 18000),
    ('2026-11-23', 'Sleep', 'Life', 1, 3600, 3600, 0, 0, null, 0, 0, 0);
insert into marts.monthly_summary values
    ('2025-11-01', '2025-11-01', '2025-11-30', 30, 2592000, 1, 2, 3, 0, 0.1, 0.2, 0.5, 0, 0, false),
    ('2025-12-01', '2025-12-01', '2025-12-31', 31, 2678400, 36000, 2, 3, 0, 0.3, 0.6, 0.5, 0, 0, false),
    ('2026-11-01', '2026-11-22', '2026-11-29', 3, 259200, 10800, 248400, 3600, 0, 0.5, 0.75, 0.6667, 2, 58800, false);
insert into marts.monthly_category values
    ('2025-12-01', 'Work', 'Work', 7, 36000, 36000, 0, 0, null, 0, 0, null),
    ('2026-11-01', 'Work', 'Work', 1, 3600, 3600, 3600, 1800, 7200, 0, 1, null);
insert into marts.sources values ('gcal', null, 'invalid_grant'), ('toggl', '2026-12-01T15:01Z', null);
"""


@pytest.fixture
def connection(empty_database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(empty_database_url) as connection:
        yield connection


@pytest.fixture
def marts(connection: psycopg.Connection) -> psycopg.Connection:
    connection.execute(MARTS.encode())
    connection.execute(PERIODS.encode())
    connection.commit()
    return connection


def test_a_week_is_read_with_the_eleven_before_it(marts: psycopg.Connection) -> None:
    week = read_week(marts, MONDAY)
    assert week is not None
    assert week.span == Span(MONDAY, date(2026, 11, 29))
    assert (len(week.starts), week.starts[0], week.starts[-1]) == (12, date(2026, 9, 7), MONDAY)
    assert list(week.past) == [date(2026, 9, 7), MONDAY]
    assert (week.summary.nights, week.summary.asleep_seconds, week.summary.on_time) == (1, 30_000, Decimal("0.666700"))
    assert [(row.category, row.usual_seconds) for row in week.categories] == [
        ("Sleep", 0),
        ("Work", 18_000),
        ("New", 0),
    ]
    assert {start: row.actual_seconds for start, row in week.history["Work"].items()} == {
        date(2026, 9, 7): 36_000,
        MONDAY: 3600,
    }


def test_a_week_has_its_own_days_and_the_plans_of_the_next(marts: psycopg.Connection) -> None:
    week = read_week(marts, MONDAY)
    assert week is not None
    assert [row.day.day for row in week.days] == [23, 29]
    assert [row.day.day for row in week.summaries] == [23, 29]
    assert [(row.day.day, row.planned_seconds) for row in week.next_days] == [(30, 5400)]
    assert [row.title for row in week.timeline] == ["設計"]
    assert [row.outcome for row in week.ledger] == ["kept", "early"]
    assert [row.day.day for row in week.sleeps] == [23]
    assert [row.day.day for row in week.streaks] == [23]
    assert [(note.day.day, note.title) for note in week.notes] == [(23, "Trip")]
    assert [(outcome.day.day, outcome.title) for outcome in week.outcomes] == [(23, "Design")]


def test_a_month_is_read_with_the_eleven_before_it_and_its_weeks(marts: psycopg.Connection) -> None:
    month = read_month(marts, NOVEMBER)
    assert month is not None
    assert month.span == Span(NOVEMBER, date(2026, 11, 30))
    assert (month.starts[0], month.starts[1], month.starts[-1]) == (
        date(2025, 12, 1),
        date(2026, 1, 1),
        NOVEMBER,
    )
    assert list(month.past) == [date(2025, 12, 1), NOVEMBER]
    assert [row.week for row in month.weeks] == [MONDAY, date(2026, 11, 30)]
    assert [row.category for row in month.figures] == ["Sleep", "Work"]
    assert [row.day.day for row in month.sleeps] == [22, 23]
    assert [row.day.day for row in month.streaks] == [22, 23]


def test_what_was_read_can_be_set(marts: psycopg.Connection) -> None:
    week, month = read_week(marts, MONDAY), read_month(marts, NOVEMBER)
    assert week is not None
    assert month is not None
    weekly = build_weekly(week, zone=TOKYO, locale="ja", generated_at=MADE)
    monthly = build_monthly(month, zone=TOKYO, locale="ja", generated_at=MADE)
    assert [set_page(weekly)[:4], set_page(monthly)[:4]] == [b"%PDF"] * 2


def test_an_unknown_week_or_month_is_none(marts: psycopg.Connection) -> None:
    assert read_week(marts, date(2020, 1, 6)) is None
    assert read_month(marts, date(2026, 12, 1)) is None


def test_missing_marts_are_one_sentence_with_the_cure(connection: psycopg.Connection) -> None:
    with pytest.raises(DatabaseError, match=r"cannot be read: .* Build them with `lifetracer run`\."):
        read_week(connection, MONDAY)
    with pytest.raises(DatabaseError, match=r"cannot be read: .* Build them with `lifetracer run`\."):
        read_month(connection, NOVEMBER)
