"""The marts are read as they stand in Postgres: types, nulls, order, and days that are not there."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tasks.errors import DatabaseError
from tasks.marts import known_days, read_day
from tasks.report.daily import build_report
from tasks.report.files import set_page
from tests.contracts import tables_in_sql

DAY = date(2026, 11, 23)

MARTS = tables_in_sql(
    [
        *("daily_summary", "daily_category", "daily_timeline", "days", "categories", "day_notes", "sources"),
        *("plan_ledger", "plan_outcomes", "untracked_gaps", "sleep", "streaks", "adherence_trend", "category_history"),
        *("next_day_plan", "advice"),
    ]
)
A_DAY = """
insert into marts.days values
    ('2026-11-23', '2026-11-22T15:00Z', '2026-11-23T15:00Z', 86400, 1, '2026-11-23', '2026-11-01', 'holiday',
     'Labor Thanksgiving Day', '勤労感謝の日', true),
    ('2026-11-24', '2026-11-23T15:00Z', '2026-11-24T15:00Z', 86400, 2, '2026-11-23', '2026-11-01', 'weekday',
     null, null, false);
insert into marts.daily_summary values
    ('2026-11-23', 'holiday', 86400, 7200, 79200, 3600, 0, 'current', 0.5000, false),
    ('2026-11-24', 'weekday', 86400, 0, 0, 0, 0, 'current', null, true);
insert into marts.categories values
    ('Work', 'Work', '仕事', '#0b83d9', 2, 'Work', false), ('Sleep', 'Sleep', '睡眠', '#465bb3', 1, 'Life', true),
    ('Untracked', 'Untracked', '未記録', '#ffffff', 9, 'Untracked', false);
insert into marts.daily_category values
    ('2026-11-23', 'Work', 'Work', 3600, 3600, 3600, 1800, 7200, 'more', null, false),
    ('2026-11-23', 'Sleep', 'Life', 3600, 3600, 0, 0, null, null, 3000, null),
    ('2026-11-23', 'Untracked', 'Untracked', 0, 79200, 0, 0, null, null, null, null);
insert into marts.daily_timeline values
    ('2026-11-23', 'actual', '2026-11-23T01:00Z', '2026-11-23T15:00Z', 'Untracked', null, null, null, null, null, null,
     false),
    ('2026-11-23', 'actual', '2026-11-23T00:00Z', '2026-11-23T01:00Z', 'Work', '設計', 'lifetracer', '7', 'Alone',
     '2026-11-23T00:00Z', '2026-11-23T01:00Z', true),
    ('2026-11-23', 'plan', '2026-11-23T00:30Z', '2026-11-23T01:30Z', 'Work', 'Design', null, 'c:e', null,
     '2026-11-23T00:30Z', '2026-11-23T01:30Z', false);
insert into marts.day_notes values ('2026-11-23', 'Trip', 'Me', 'Uncategorized', 'c:n', false);
insert into marts.plan_ledger values
    ('2026-11-23', 'c:e', '2026-11-23T00:30Z', '2026-11-23T01:00Z', 1800, 'kept', 'Work', 'Design', 'Work', false),
    ('2026-11-23', 'c:e', '2026-11-23T01:00Z', '2026-11-23T01:30Z', 1800, 'early', 'Work', 'Design', 'Untracked',
     false);
insert into marts.plan_outcomes values
    ('2026-11-23', 'c:e', 'Design', 'Work', '2026-11-23T00:30Z', '2026-11-23T01:30Z', 3600, 1800, 0, 1800, 0, 0, 0,
     'Untracked', 1800, false);
insert into marts.untracked_gaps values
    ('2026-11-23', '2026-11-23T01:00Z', '2026-11-23T15:00Z', 50400, 'Work', null);
insert into marts.sleep values
    ('2026-11-22', 1, 'main', '2026-11-21T14:00Z', '2026-11-21T22:00Z', 28800, 0, 0),
    ('2026-11-23', 1, 'main', '2026-11-22T14:00Z', '2026-11-22T22:30Z', 30000, 600, 1);
insert into marts.streaks values
    ('2026-11-22', 'Work', true, 4, 9), ('2026-11-23', 'Work', false, 0, 9), ('2026-09-01', 'Sleep', true, 1, 1);
insert into marts.adherence_trend values
    ('2026-10-26', 0.9, 0.95, 0.9474, null, null, 1), ('2026-10-27', 0.8, 0.9, 0.8889, null, null, 2),
    ('2026-11-23', 0.5, 0.8, 0.625, 0.6, 0.7, 20);
insert into marts.category_history values ('2026-11-23', 'Work', '2026-11-22', 7200, 3600, 7200, true);
insert into marts.next_day_plan values
    ('2026-11-23', '2026-11-24', '2026-11-24T00:00Z', '2026-11-24T01:00Z', 'Work', 'Review', null, 'c:f', false);
insert into marts.advice values ('2026-11-23', 1, 'takes_longer', 'Work', 9, 4, 2.5, 3600, 9000, 5400);
insert into marts.sources values ('gcal', null, 'invalid_grant'), ('toggl', '2026-11-23T15:01Z', null);
"""


@pytest.fixture
def connection(empty_database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(empty_database_url) as connection:
        yield connection


@pytest.fixture
def marts(connection: psycopg.Connection) -> psycopg.Connection:
    connection.execute(MARTS.encode())
    connection.execute(A_DAY.encode())
    connection.commit()
    return connection


def test_a_day_is_read_with_its_types_and_nulls(marts: psycopg.Connection) -> None:
    day = read_day(marts, DAY)
    assert day is not None
    assert (day.summary.adherence, day.summary.partial) == (Decimal("0.5000"), False)
    assert day.day.day_end == datetime(2026, 11, 23, 15, tzinfo=UTC)
    rows = [(row.category, row.target_seconds, row.estimate_seconds, row.achieved) for row in day.categories]
    assert rows == [("Sleep", None, 3000, None), ("Work", 7200, None, False), ("Untracked", None, None, None)]
    assert [stretch.title for stretch in day.timeline] == ["設計", "Design", None]
    assert [stretch.is_private for stretch in day.timeline] == [True, False, False]
    assert [note.title for note in day.notes] == ["Trip"]
    assert [piece.outcome for piece in day.ledger] == ["kept", "early"]
    assert [(outcome.title, outcome.displaced_by) for outcome in day.outcomes] == [("Design", "Untracked")]
    assert [gap.seconds for gap in day.gaps] == [50_400]
    assert [(event.title, event.next_day) for event in day.next_events] == [("Review", date(2026, 11, 24))]
    assert [(advice.kind, advice.ratio) for advice in day.advice] == [("takes_longer", Decimal("2.5000"))]
    assert [(source.source, source.as_of) for source in day.sources] == [
        ("toggl", datetime(2026, 11, 23, 15, 1, tzinfo=UTC)),
        ("gcal", None),
    ]


def test_the_four_weeks_up_to_a_day_are_read_and_the_day_after(marts: psycopg.Connection) -> None:
    day = read_day(marts, DAY)
    assert day is not None
    assert [trend.day for trend in day.trend] == [date(2026, 10, 27), DAY]
    assert [sleep.day for sleep in day.sleeps] == [date(2026, 11, 22), DAY]
    assert [(streak.day, streak.streak_days) for streak in day.streaks] == [(date(2026, 11, 22), 4), (DAY, 0)]
    assert [row.past_day for row in day.history] == [date(2026, 11, 22)]
    assert [summary.day for summary in day.summaries] == [DAY]
    assert day.next_day is not None
    assert day.next_summary is not None
    assert (day.next_day.day, day.next_summary.day) == (date(2026, 11, 24), date(2026, 11, 24))


@pytest.mark.parametrize("day", [DAY, date(2026, 11, 24)])
def test_what_was_read_can_be_set(marts: psycopg.Connection, day: date) -> None:
    read = read_day(marts, day)
    assert read is not None
    made = datetime(2026, 11, 23, 15, 2, tzinfo=UTC)
    report = build_report(read, zone=ZoneInfo("Asia/Tokyo"), locale="ja", generated_at=made)
    assert set_page(report).startswith(b"%PDF")


def test_an_unknown_day_is_none(marts: psycopg.Connection) -> None:
    assert read_day(marts, date(2020, 1, 1)) is None


def test_reading_works_inside_a_callers_transaction_and_leaves_it_open(marts: psycopg.Connection) -> None:
    marts.execute("insert into marts.day_notes values ('2026-11-23', 'Uncommitted', 'Me', '', 'c:m', false)")
    day = read_day(marts, DAY)
    marts.rollback()
    after = read_day(marts, DAY)
    assert day is not None
    assert after is not None
    assert [len(day.notes), len(after.notes)] == [2, 1]


def test_the_known_days_are_the_first_and_the_last(marts: psycopg.Connection) -> None:
    assert known_days(marts) == (DAY, date(2026, 11, 24))


def test_empty_marts_know_no_day(connection: psycopg.Connection) -> None:
    connection.execute(MARTS.encode())
    assert known_days(connection) is None


def test_missing_marts_are_one_sentence_with_the_cure(connection: psycopg.Connection) -> None:
    said = r'cannot be read: relation "marts\.\w+" does not exist\. Build them with `lifetracer run`\.'
    for read in (lambda: read_day(connection, DAY), lambda: known_days(connection)):
        with pytest.raises(DatabaseError, match=said):
            read()
