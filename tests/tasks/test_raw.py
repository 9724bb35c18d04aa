"""The raw layer takes rows, tombstones and cursor together or not at all, and touches nothing that has not changed."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import psycopg
import pytest

from tasks.raw import (
    Batch,
    JsonValue,
    Loaded,
    Row,
    SyncSummary,
    load,
    mark_attempt,
    mark_failure,
    mark_success,
    mark_unconfigured,
    only_sync_of,
    read_cursor,
)
from tests.tasks.conftest import NOW, live_rows, versions

TAGS = "toggl_track__tags"


def rows(**data: Mapping[str, JsonValue]) -> list[Row]:
    return [Row(source_id, record) for source_id, record in data.items()]


def load_tags(connection: psycopg.Connection, loaded: list[Row], deleted: list[str] | None = None) -> Loaded:
    batch = Batch(TAGS, loaded, deleted or [], "v9")
    return load(connection, "toggl", "tags", [batch], {"rows": len(loaded)})[0]


def test_new_changed_unchanged_and_deleted_rows_are_told_apart(connection: psycopg.Connection) -> None:
    assert load_tags(connection, rows(a={"n": 1}, b={"n": 1}, c={"n": 1})) == Loaded(TAGS, 3, 0, 0, 0)
    before = versions(connection, TAGS)
    assert load_tags(connection, rows(a={"n": 1}, b={"n": 2}, d={"n": 1}), ["c", "?"]) == Loaded(TAGS, 1, 1, 1, 1)
    assert live_rows(connection, TAGS) == {"a": {"n": 1}, "b": {"n": 2}, "d": {"n": 1}}
    after = versions(connection, TAGS)
    assert after["a"] == before["a"]
    assert after["b"] != before["b"]


def test_a_tombstone_keeps_its_data_and_its_first_moment_and_is_lifted_by_a_living_row(
    connection: psycopg.Connection,
) -> None:
    load_tags(connection, rows(a={"n": 1}))
    load_tags(connection, [], ["a"])
    tombstone = versions(connection, TAGS)
    assert load_tags(connection, [], ["a"]).deleted == 0
    assert versions(connection, TAGS) == tombstone
    assert connection.execute("select data from raw.toggl_track__tags").fetchall() == [({"n": 1},)]
    connection.commit()
    assert load_tags(connection, rows(a={"n": 1}), ["a"]) == Loaded(TAGS, 0, 1, 0, 0)
    assert load_tags(connection, rows(a={"n": 1}), ["a"]) == Loaded(TAGS, 0, 0, 1, 0)
    assert live_rows(connection, TAGS) == {"a": {"n": 1}}


def test_of_two_rows_with_one_id_the_later_one_counts(connection: psycopg.Connection) -> None:
    load_tags(connection, [Row("a", {"n": 1}), Row("a", {"n": 2})])
    assert live_rows(connection, TAGS) == {"a": {"n": 2}}


def test_a_tombstone_is_lifted_by_word_of_its_life_alone(connection: psycopg.Connection) -> None:
    load_tags(connection, rows(a={"n": 1}, b={"n": 1}))
    load_tags(connection, [], ["a"])
    before = versions(connection, TAGS)
    (loaded,) = load(connection, "toggl", "tags", [Batch(TAGS, [], alive=["a", "b", "?"])], {})
    assert loaded == Loaded(TAGS, 0, 1, 0, 0)
    assert live_rows(connection, TAGS) == {"a": {"n": 1}, "b": {"n": 1}}
    assert versions(connection, TAGS)["b"] == before["b"]


def test_a_row_that_differs_only_where_it_is_volatile_is_left_alone(connection: psycopg.Connection) -> None:
    def load_project(**data: JsonValue) -> Loaded:
        batch = Batch("toggl_track__projects", [Row("a", data)])
        return load(connection, "toggl", "projects", [batch], None)[0]

    load_project(name="Thesis", actual_seconds=1)
    assert load_project(name="Thesis", actual_seconds=2).unchanged == 1
    assert load_project(name="Essay", actual_seconds=3).updated == 1
    assert live_rows(connection, "toggl_track__projects") == {"a": {"name": "Essay", "actual_seconds": 3}}


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("a\0b", "ab"),
        ("a\\u0000b", "a\\u0000b"),
        ("half \ud83d of a pair", "half � of a pair"),
        ("tab\t, new\nline, \\N, 定例 🏃", "tab\t, new\nline, \\N, 定例 🏃"),
    ],
)
def test_any_text_is_stored_as_far_as_postgres_can_hold_it(
    connection: psycopg.Connection, text: str, stored: str
) -> None:
    load_tags(connection, rows(a={"name": text, "list": [text], "object": {text: 1}}))
    assert live_rows(connection, TAGS) == {"a": {"name": stored, "list": [stored], "object": {stored: 1}}}


def test_rows_and_cursor_commit_together_or_not_at_all(connection: psycopg.Connection) -> None:
    load_tags(connection, rows(a={"n": 1}))
    before = versions(connection, TAGS)
    good = Batch(TAGS, rows(a={"n": 2}, b={"n": 2}), [], "v9")
    with pytest.raises(psycopg.errors.UndefinedTable):
        load(connection, "toggl", "tags", [good, Batch("no_such_table", rows(a={}), [], "v9")], {"rows": 99})
    assert versions(connection, TAGS) == before
    assert read_cursor(connection, "toggl", "tags") == {"rows": 1}


def test_a_crash_before_the_commit_leaves_nothing(connection: psycopg.Connection, database_url: str) -> None:
    with psycopg.connect(database_url) as doomed, doomed.transaction():
        load_tags(doomed, rows(a={"n": 1}))
        doomed.close()
    assert versions(connection, TAGS) == {}
    assert read_cursor(connection, "toggl", "tags") is None


def test_an_older_writer_works_beside_us(connection: psycopg.Connection) -> None:
    def write_as_before(source_id: str, data: str) -> None:
        connection.execute(
            "insert into raw.toggl_track__tags (source_id, data, synced_at, api_version) values (%s, %s, now(), 'v9')"
            " on conflict (source_id) do update set data = excluded.data, synced_at = excluded.synced_at,"
            " api_version = excluded.api_version",
            (source_id, data),
        )
        connection.commit()

    write_as_before("theirs", '{"n": 1}')
    load_tags(connection, rows(ours={"n": 1}, gone={"n": 1}))
    load_tags(connection, [], ["gone"])
    write_as_before("gone", '{"n": 2}')
    write_as_before("ours", '{"n": 2}')
    assert live_rows(connection, TAGS) == {"theirs": {"n": 1}, "ours": {"n": 2}}
    load_tags(connection, rows(gone={"n": 2}, ours={"n": 3}))
    assert live_rows(connection, TAGS) == {"theirs": {"n": 1}, "ours": {"n": 3}, "gone": {"n": 2}}


def test_a_row_that_an_older_writer_inserts_at_the_same_moment_does_no_harm(
    connection: psycopg.Connection, database_url: str
) -> None:
    with psycopg.connect(database_url) as theirs, psycopg.connect(database_url) as ours, ThreadPoolExecutor() as pool:
        theirs.execute("insert into raw.toggl_track__tags (source_id, data) values ('a', '{\"n\": 1}')")
        loading = pool.submit(load_tags, ours, rows(a={"n": 2}, b={"n": 2}))
        waiting = "select from pg_stat_activity where wait_event_type = 'Lock' and wait_event = 'transactionid'"
        while connection.execute(waiting).fetchone() is None:
            connection.rollback()
        theirs.commit()
        assert loading.result(timeout=10) == Loaded(TAGS, 1, 1, 0, 0)
    assert live_rows(connection, TAGS) == {"a": {"n": 2}, "b": {"n": 2}}


def test_two_syncs_of_one_source_take_turns(connection: psycopg.Connection, database_url: str) -> None:
    order: list[str] = []

    def second() -> None:
        with psycopg.connect(database_url) as other, only_sync_of(other, "toggl"):
            order.append("second begins")

    with ThreadPoolExecutor() as pool:
        with only_sync_of(connection, "toggl"):
            waiting = pool.submit(second)
            wait_until_blocked(connection)
            order.append("first ends")
        waiting.result(timeout=10)
    assert order == ["first ends", "second begins"]


def wait_until_blocked(connection: psycopg.Connection) -> None:
    query = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
    while (row := connection.execute(query).fetchone()) == (0,):
        connection.commit()
    connection.commit()
    assert row is not None


def test_syncs_of_different_sources_do_not_wait_for_each_other(
    connection: psycopg.Connection, database_url: str
) -> None:
    with psycopg.connect(database_url) as other, only_sync_of(connection, "toggl"), only_sync_of(other, "gcal"):
        load(other, "gcal", "colors", [], {})
    assert read_cursor(connection, "gcal", "colors") == {}


def state(connection: psycopg.Connection) -> tuple[object, ...] | None:
    query = "select configured, attempted_at, synced_at, error from raw.sync_state where stream = 'all'"
    found = connection.execute(query).fetchone()
    connection.commit()
    return found


def test_freshness_is_the_end_of_the_last_sync_that_went_well(connection: psycopg.Connection) -> None:
    mark_unconfigured(connection, "toggl")
    assert state(connection) == (False, None, None, None)

    mark_attempt(connection, "toggl", now=NOW)
    mark_failure(connection, "toggl", "Toggl is away.")
    assert state(connection) == (True, NOW, None, "Toggl is away.")

    began = datetime.now(UTC)
    mark_success(connection, "toggl")
    fresh = state(connection)
    assert fresh is not None
    assert isinstance(fresh[2], datetime)
    assert began <= fresh[2] <= datetime.now(UTC)
    assert fresh[3] is None

    mark_failure(connection, "toggl", "Toggl is away.")
    assert state(connection) == (True, NOW, fresh[2], "Toggl is away.")


def test_a_summary_is_one_sentence_with_figures() -> None:
    loaded = (Loaded("a", 3500, 4, 9, 0), Loaded("b", 12, 0, 0, 2))
    assert str(SyncSummary("toggl", loaded, 12)) == "3512 rows new, 4 changed, 2 deleted, in 12 requests"
