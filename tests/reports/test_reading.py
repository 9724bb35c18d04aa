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
    ["daily_summary", "daily_category", "daily_timeline", "days", "categories", "day_notes", "sources"]
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
    ('2026-11-23', 'actual', '2026-11-23T01:00Z', '2026-11-23T15:00Z', 'Untracked', null, null, null),
    ('2026-11-23', 'actual', '2026-11-23T00:00Z', '2026-11-23T01:00Z', 'Work', '設計', 'lifetracer', '7'),
    ('2026-11-23', 'plan', '2026-11-23T00:30Z', '2026-11-23T01:30Z', 'Work', 'Design', null, 'c:e');
insert into marts.day_notes values ('2026-11-23', 'Trip', 'Me', 'Uncategorized', 'c:n');
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
    assert [note.title for note in day.notes] == ["Trip"]
    assert [(source.source, source.as_of) for source in day.sources] == [
        ("toggl", datetime(2026, 11, 23, 15, 1, tzinfo=UTC)),
        ("gcal", None),
    ]


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
    marts.execute("insert into marts.day_notes values ('2026-11-23', 'Uncommitted', 'Me', null, 'c:m')")
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
    said = 'cannot be read: relation "marts.daily_summary" does not exist. Build them with `lifetracer run`.'
    for read in (lambda: read_day(connection, DAY), lambda: known_days(connection)):
        with pytest.raises(DatabaseError, match=said):
            read()
