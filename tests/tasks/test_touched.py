"""The ledger of changes from which a build knows its work: written with each change, by whoever makes it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tasks.raw import Batch, Row, Span, load, record_coverage
from tests.tasks.conftest import NOW

ENTRIES = "toggl_track__time_entries"
EVENTS = "google_calendar__events"

Touch = tuple[str, str | None, str | None]


def entry(start: int, stop: int | None, **more: object) -> Mapping[str, object]:
    """A record of an entry between two hours of the day (UTC)."""
    stopped = None if stop is None else f"2026-03-02T{stop:02}:00:00Z"
    return {"start": f"2026-03-02T{start:02}:00:00Z", "stop": stopped, "duration": 3600, **more}


def write(connection: psycopg.Connection, table: str, source_id: str, data: Mapping[str, object]) -> None:
    """What a writer does that knows only the five old columns."""
    connection.execute(
        f"insert into raw.{table} (source_id, data) values (%s, %s)"  # noqa: S608
        " on conflict (source_id) do update set data = excluded.data, synced_at = now()".encode(),
        (source_id, json.dumps(data)),
    )
    connection.commit()


def touched(connection: psycopg.Connection) -> list[Touch]:
    """What the ledger holds, oldest first, as what, key and when it was; and empties it, as a good build does."""
    rows = connection.execute(
        "select what, key, coalesce(extract(hour from lower(was))::text || '-' || extract(hour from upper(was))::text,"
        " was_days::text) from raw.touched order by id"
    ).fetchall()
    connection.execute("delete from raw.touched")
    connection.commit()
    return [(str(what), key, was) for what, key, was in rows]


def test_a_change_is_touched_with_the_time_that_it_took_before(connection: psycopg.Connection) -> None:
    write(connection, ENTRIES, "1", entry(9, 10))
    assert touched(connection) == [("entry", "1", None)]
    write(connection, ENTRIES, "1", entry(9, 10))
    assert touched(connection) == []
    write(connection, ENTRIES, "1", entry(12, 13))
    assert touched(connection) == [("entry", "1", "9-10")]
    connection.execute(f"delete from raw.{ENTRIES}")  # noqa: S608
    assert touched(connection) == [("entry", "1", "12-13")]


def test_a_tombstone_is_touched_with_its_time_and_its_lifting_without(connection: psycopg.Connection) -> None:
    write(connection, ENTRIES, "1", entry(9, 10))
    touched(connection)
    load(connection, "toggl", "entries", [Batch(ENTRIES, [], ["1"])], None)
    assert touched(connection) == [("entry", "1", "9-10")]
    load(connection, "toggl", "entries", [Batch(ENTRIES, [], alive=["1"])], None)
    assert touched(connection) == [("entry", "1", None)]


def test_a_sync_touches_only_what_it_changes(connection: psycopg.Connection) -> None:
    def sync(*stops: int) -> None:
        rows = [
            Row(str(stop), {"start": "2026-03-02T08:00:00Z", "stop": f"2026-03-02T{stop}:00:00Z"}) for stop in stops
        ]
        load(connection, "toggl", "entries", [Batch(ENTRIES, rows)], None)

    sync(10, 11)
    assert touched(connection) == [("entry", "10", None), ("entry", "11", None)]
    sync(10, 11, 12)
    assert touched(connection) == [("entry", "12", None)]


@pytest.mark.parametrize(
    ("data", "was"),
    [
        (entry(9, None), "9-10"),
        ({"start": "2026-03-02T09:00:00Z", "stop": None, "seconds": 7200}, "9-11"),
        ({"start": "2026-03-02T09:00:00Z", "stop": None, "duration": -1772442000}, "9-until now"),
        ({"start": "soon", "stop": "later"}, None),
        (entry(9, 9), None),
    ],
)
def test_the_time_of_any_record_is_found(
    connection: psycopg.Connection, data: Mapping[str, object], was: str | None
) -> None:
    write(connection, ENTRIES, "1", data)
    touched(connection)
    write(connection, ENTRIES, "1", {**data, "description": "changed"})
    now = connection.execute("select extract(hour from touched_at)::text from raw.touched").fetchone()
    assert now is not None
    expected = was and was.replace("until now", str(now[0]))
    assert touched(connection) == [("entry", "1", expected)]


def test_events_are_touched_with_their_times_or_their_dates(connection: psycopg.Connection) -> None:
    timed = {"start": {"dateTime": "2026-03-02T09:00:00Z"}, "end": {"dateTime": "2026-03-02T10:00:00Z"}}
    whole = {"start": {"date": "2026-03-02"}, "end": {"date": "2026-03-04"}}
    write(connection, EVENTS, "a:1", timed)
    write(connection, EVENTS, "a:1", whole)
    write(connection, EVENTS, "a:1", {"start": {"date": "2026-03-02"}})
    write(connection, EVENTS, "a:1", timed)
    assert [was for _, _, was in touched(connection)] == [
        None,
        "9-10",
        "[2026-03-02,2026-03-04)",
        "[2026-03-02,2026-03-03)",
    ]


def test_only_what_was_unknown_of_days_to_come_is_touched_by_a_reading(connection: psycopg.Connection) -> None:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for first, last in ((-30, 20), (-40, 22), (-40, 22)):
        record_coverage(connection, "gcal", "events:a", Span(today + timedelta(first), today + timedelta(last)))
    found = connection.execute(
        "select key, lower(was) - %s, upper(was) - %s from raw.touched", (today, today)
    ).fetchall()
    assert [(key, until.days) for key, _, until in found] == [("events:a", 20), ("events:a", 22)]
    assert [since.days for _, since, _ in found] == [-2, 20]


def test_an_emptied_table_asks_for_everything_anew(connection: psycopg.Connection) -> None:
    write(connection, ENTRIES, "1", entry(9, 10))
    touched(connection)
    connection.execute(f"truncate raw.{ENTRIES}")
    assert touched(connection) == [("everything", None, None)]


def test_a_tombstone_that_another_writer_sets_has_a_date(connection: psycopg.Connection) -> None:
    write(connection, ENTRIES, "1", entry(9, 10))
    before = connection.execute(f"select seen_at from raw.{ENTRIES}").fetchone()  # noqa: S608
    connection.commit()
    connection.execute(f"update raw.{ENTRIES} set deleted_at = %s", (NOW,))  # noqa: S608
    connection.commit()
    after = connection.execute(f"select seen_at from raw.{ENTRIES}").fetchone()  # noqa: S608
    assert before is not None
    assert after is not None
    assert after[0] > before[0]
