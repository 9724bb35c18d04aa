"""No version of a raw row is ever lost: what it said, from when and until when, whoever wrote it."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from tasks.database import MIGRATIONS, Database, migrate
from tasks.raw import Batch, Row, Span, load, record_coverage
from tests.tasks.conftest import NOW, live_rows

TAGS = "toggl_track__tags"

Version = tuple[object, bool]


@pytest.fixture
def say(connection: psycopg.Connection) -> Callable[[int | None], None]:
    """Sync row `a`: what it says, or by None that it is gone."""

    def say(n: int | None) -> None:
        batch = Batch(TAGS, [], ["a"]) if n is None else Batch(TAGS, [Row("a", {"n": n})])
        load(connection, "toggl", "tags", [batch], None)

    return say


def write_as_before(connection: psycopg.Connection, data: str) -> None:
    """What a writer does that knows only the five old columns."""
    connection.execute(
        "insert into raw.toggl_track__tags (source_id, data, synced_at, api_version) values ('a', %s, now(), 'v9')"
        " on conflict (source_id) do update set data = excluded.data, synced_at = excluded.synced_at",
        (data,),
    )
    connection.commit()


def history(connection: psycopg.Connection) -> list[Version]:
    """The versions of row `a`, oldest first: what each said, and whether it was a tombstone."""
    rows = connection.execute(
        "select data->'n', deleted_at is not null, seen_at, superseded_at from raw.revisions"
        " where table_name = %s and source_id = 'a' order by seen_at, superseded_at",
        (TAGS,),
    ).fetchall()
    connection.commit()
    for (_, _, _, superseded), (_, _, seen, _) in itertools.pairwise(rows):
        assert superseded == seen, "versions follow each other without a gap"
    return [(n, tombstone) for n, tombstone, _, _ in rows]


def as_known_at(connection: psycopg.Connection, moment: datetime) -> list[object]:
    """What row `a` was known to say at a moment; nothing while it was unknown or gone."""
    rows = connection.execute(
        "select data->'n' from raw.revisions where source_id = 'a' and deleted_at is null"
        " and seen_at <= %(moment)s and (superseded_at is null or superseded_at > %(moment)s)",
        {"moment": moment},
    ).fetchall()
    connection.commit()
    return [n for (n,) in rows]


def test_every_version_is_kept_and_can_be_read_as_of_its_time(
    connection: psycopg.Connection, say: Callable[[int | None], None]
) -> None:
    moments = [datetime.now(UTC)]
    for n in (1, 2, None, 2):
        say(n)
        moments.append(datetime.now(UTC))
    assert history(connection) == [(1, False), (2, False), (2, True), (2, False)]
    assert [as_known_at(connection, moment) for moment in moments] == [[], [1], [2], [], [2]]


def test_an_unchanged_row_adds_no_version(connection: psycopg.Connection, say: Callable[[int | None], None]) -> None:
    for n in (1, 1, None, None, 1):
        say(n)
    write_as_before(connection, '{"n": 1}')
    assert history(connection) == [(1, False), (1, True), (1, False)]


def test_what_an_older_writer_replaces_and_writes_are_versions_too(
    connection: psycopg.Connection, say: Callable[[int | None], None]
) -> None:
    write_as_before(connection, '{"n": 1}')
    say(2)
    write_as_before(connection, '{"n": 3}')
    say(3)
    write_as_before(connection, '{"n": 4}')
    say(5)
    assert history(connection) == [(n, False) for n in (1, 2, 3, 4, 5)]


def test_even_a_removed_row_leaves_its_version(
    connection: psycopg.Connection, say: Callable[[int | None], None]
) -> None:
    say(1)
    connection.execute("delete from raw.toggl_track__tags")
    connection.commit()
    assert history(connection) == [(1, False)]
    assert as_known_at(connection, datetime.now(UTC)) == []


def test_an_older_writer_needs_no_right_on_the_versions(
    connection: psycopg.Connection, say: Callable[[int | None], None]
) -> None:
    say(1)
    connection.execute(
        "create role older_writer; grant usage on schema raw to older_writer;"
        "grant select, insert, update on raw.toggl_track__tags to older_writer;"
        "create policy writes on raw.toggl_track__tags to older_writer using (true); set local role older_writer"
    )
    write_as_before(connection, '{"n": 2}')
    assert history(connection) == [(1, False), (2, False)]
    connection.execute("drop owned by older_writer; drop role older_writer")
    connection.commit()


def test_a_writer_that_gives_its_rows_new_ids_replaces_no_version_unseen(
    connection: psycopg.Connection, say: Callable[[int | None], None]
) -> None:
    say(1)
    connection.execute(
        "insert into raw.toggl_track__tags (id, source_id, data) values (gen_random_uuid(), 'a', '{\"n\": 2}')"
        " on conflict (source_id) do update set id = excluded.id, data = excluded.data"
    )
    connection.commit()
    assert history(connection) == [(1, False), (2, False)]


def test_a_secret_that_another_writer_has_stored_is_in_no_kept_version(connection: psycopg.Connection) -> None:
    connection.execute(
        'insert into raw.toggl_track__me (source_id, data) values (\'1\', \'{"id": 1, "api_token": "secret"}\')'
    )
    load(connection, "toggl", "me", [Batch("toggl_track__me", [Row("1", {"id": 1})])], None)
    connection.execute("delete from raw.toggl_track__me")
    kept = connection.execute("select data from raw.revisions where table_name = 'toggl_track__me'").fetchall()
    connection.commit()
    assert kept == [({"id": 1},), ({"id": 1},)]


def test_rows_from_before_the_versions_are_taken_as_they_are(empty_database_url: str, tmp_path: Path) -> None:
    first = min(MIGRATIONS.glob("*.sql"))
    (tmp_path / first.name).write_text(first.read_text())
    migrate(Database(empty_database_url), tmp_path)
    with psycopg.connect(empty_database_url, options="-c timezone=UTC") as connection:
        for source_id in "abc":
            connection.execute(
                "insert into raw.toggl_track__tags (source_id, data, synced_at) values (%s, %s, %s)",
                (source_id, '{"n": 1}', NOW),
            )
        connection.commit()
        before = _physical(connection)
        migrate(Database(empty_database_url))
        load(connection, "toggl", "tags", [Batch(TAGS, [Row("a", {"n": 1}), Row("b", {"n": 2})])], None)
        after = _physical(connection)
        assert (after["a"], after["c"]) == (before["a"], before["c"])
        write_as_before(connection, '{"n": 9}')
        assert as_known_at(connection, NOW) == [1]
        assert history(connection) == [(1, False), (9, False)]


def _physical(connection: psycopg.Connection) -> dict[str, tuple[object, ...]]:
    rows = connection.execute("select source_id, xmin::text, synced_at from raw.toggl_track__tags").fetchall()
    connection.commit()
    return {source_id: tuple(rest) for source_id, *rest in rows}


def test_a_new_source_is_one_line_of_a_migration(connection: psycopg.Connection) -> None:
    for _ in range(2):
        connection.execute("call raw.mirror('strava__activities', '{kudos_count}')")
    connection.commit()

    def read(**data: int) -> None:
        load(connection, "strava", "activities", [Batch("strava__activities", [Row("7", data)])], {"page": 1})

    read(km=5, kudos_count=0)
    read(km=5, kudos_count=9)
    read(km=6, kudos_count=9)
    assert live_rows(connection, "strava__activities") == {"7": {"km": 6, "kudos_count": 9}}
    versions = "select data->'km' from raw.revisions where table_name = 'strava__activities' order by seen_at"
    assert connection.execute(versions).fetchall() == [(5,), (6,)]


def test_what_was_read_in_full_is_on_record_from_the_first_time_on(connection: psycopg.Connection) -> None:
    def read(first: int, last: int) -> None:
        span = Span(datetime(2026, 3, first, tzinfo=UTC), datetime(2026, 3, last, tzinfo=UTC))
        record_coverage(connection, "gcal", "events:a", span)

    for first, last in ((1, 20), (5, 10), (1, 20), (5, 25)):
        read(first, last)
    query = "select extract(day from lower(during))::int, extract(day from upper(during))::int from raw.coverage"
    assert sorted(connection.execute(query).fetchall()) == [(1, 20), (5, 25)]
