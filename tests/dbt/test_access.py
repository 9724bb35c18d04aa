"""On a database with Supabase's roles the signed-in owner reads the marts, and nobody else reads anything."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg import errors, sql

from tasks.database import Database, migrate
from tasks.embedded import embedded_postgres
from tasks.owners import load_owners
from tests.dbt.building import Warehouse
from tests.dbt.raw_rows import RawRows

# What PostgREST hands over from the access token of a user who is signed in.
OWNER = {"role": "authenticated", "email": "me@example.test", "is_anonymous": False}
STRANGER = {"role": "authenticated", "email": "you@example.test", "is_anonymous": False}
GUEST = {"role": "authenticated", "email": "", "is_anonymous": True}

Relation = tuple[str, str]


@pytest.fixture(scope="module")
def supabase(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A built warehouse on a server of its own, since roles belong to a server and not to a database.

    Its default privileges are as careless as they can be.
    """
    with embedded_postgres(tmp_path_factory.mktemp("supabase")) as url:
        with psycopg.connect(url) as connection:
            connection.execute("create role anon; create role authenticated; create role service_role bypassrls")
            connection.execute(
                "alter default privileges grant all on tables to public, anon, authenticated;"
                "alter default privileges grant all on schemas to public, anon, authenticated;"
                "alter default privileges grant execute on functions to anon"
            )
        migrate(Database(url))
        raw = RawRows(ZoneInfo("Asia/Tokyo"))
        raw.source("toggl", "2026-03-05 00:00")
        raw.project(1, "Work")
        raw.entry(1, "2026-03-02 09:00", "2026-03-02 10:00", 1)
        raw.event("lunch", "Lunch", "2026-03-02 12:00", "2026-03-02 13:00")
        raw.whole_days("trip", "Trip", "2026-03-02", "2026-03-03")
        with psycopg.connect(url) as connection:
            raw.write(connection)
            load_owners(connection, ["Me@Example.test"])
        now = datetime(2026, 3, 5, tzinfo=UTC)
        warehouse = Warehouse(url, tmp_path_factory.mktemp("target"), "Asia/Tokyo", now=now)
        warehouse.build()
        yield warehouse


@contextmanager
def _acting_as(url: str, role: str, claims: Mapping[str, object] | None = None) -> Iterator[psycopg.Connection]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "select set_config('request.jwt.claims', %s, false)", (None if claims is None else json.dumps(claims),)
        )
        connection.execute(sql.SQL("set role {}").format(sql.Identifier(role)))
        yield connection


def _relations(warehouse: Warehouse, *schemas: str) -> list[Relation]:
    found = warehouse.rows(
        "select relnamespace::regnamespace::text, relname from pg_class where relkind in ('r', 'v') order by 1, 2"
    )
    return [(str(schema), str(name)) for schema, name in found if schema in schemas]


def _count(connection: psycopg.Connection, relation: Relation) -> int | None:
    """How many rows the role sees, or None where it may not even ask."""
    try:
        row = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(*relation))).fetchone()
    except errors.InsufficientPrivilege:
        return None
    assert row is not None
    return int(row[0])


def _seen(
    warehouse: Warehouse, role: str, relations: list[Relation], claims: Mapping[str, object] | None = None
) -> Mapping[Relation, int | None]:
    with _acting_as(warehouse.url, role, claims) as connection:
        return {relation: _count(connection, relation) for relation in relations}


def _check_who_reads_what(warehouse: Warehouse) -> None:
    marts, behind = _relations(warehouse, "marts"), _relations(warehouse, "raw", "staging", "core", "seeds")
    assert len(marts) >= 7
    assert {schema for schema, _ in behind} == {"raw", "staging", "core", "seeds"}
    with psycopg.connect(warehouse.url) as connection:
        whole = {relation: _count(connection, relation) for relation in [*marts, *behind]}
    assert whole["marts", "daily_category"]

    assert _seen(warehouse, "authenticated", marts, OWNER) == {relation: whole[relation] for relation in marts}
    assert set(_seen(warehouse, "authenticated", marts, STRANGER).values()) == {0}
    assert set(_seen(warehouse, "authenticated", marts, GUEST).values()) == {0}
    assert set(_seen(warehouse, "authenticated", behind, OWNER).values()) == {None}
    assert set(_seen(warehouse, "anon", [*marts, *behind], OWNER).values()) == {None}
    assert _seen(warehouse, "service_role", [*marts, *behind]) == whole


def test_the_owner_reads_the_marts_and_nobody_else_reads_anything(supabase: Warehouse) -> None:
    _check_who_reads_what(supabase)


def test_so_it_is_after_an_incremental_build(supabase: Warehouse) -> None:
    raw = RawRows(ZoneInfo("Asia/Tokyo"))
    raw.entry(2, "2026-03-03 09:00", "2026-03-03 10:00", 1)
    with psycopg.connect(supabase.url) as connection:
        raw.write(connection)
    supabase.build()
    _check_who_reads_what(supabase)


def test_so_it_is_after_a_full_refresh_and_at_every_moment_of_it(supabase: Warehouse) -> None:
    leaks: set[Relation] = set()
    over = threading.Event()
    marts = _relations(supabase, "marts")

    def pry(role: str) -> None:
        with _acting_as(supabase.url, role, STRANGER) as connection:
            while not over.wait(0.002):
                for relation in marts:
                    try:
                        leaks.update({relation} if _count(connection, relation) else ())
                    except (errors.UndefinedTable, errors.InternalError_):
                        continue

    threads = [threading.Thread(target=pry, args=(role,)) for role in ("anon", "authenticated")]
    for thread in threads:
        thread.start()
    try:
        outcome = supabase.dbt("build", "--full-refresh", "--exclude-resource-type", "unit_test")
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert outcome.success, outcome.trouble
    assert leaks == set()
    _check_who_reads_what(supabase)


def test_nobody_but_us_writes_to_the_marts(supabase: Warehouse) -> None:
    for role in ("anon", "authenticated", "service_role"):
        with _acting_as(supabase.url, role, OWNER) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute("delete from marts.daily_summary")


@pytest.mark.parametrize(
    ("claims", "is_owner"),
    [
        (OWNER, True),
        (OWNER | {"email": "ME@example.test"}, True),
        ({"role": "authenticated", "email": "me@example.test"}, True),
        (STRANGER, False),
        (GUEST, False),
        (OWNER | {"is_anonymous": True}, False),
        (OWNER | {"role": "anon"}, False),
        (STRANGER | {"user_metadata": {"email": "me@example.test", "email_verified": True}}, False),
        ({}, False),
        (None, False),
    ],
)
def test_the_owner_is_known_by_what_only_supabase_can_have_written(
    supabase: Warehouse, claims: Mapping[str, object] | None, *, is_owner: bool
) -> None:
    with _acting_as(supabase.url, "authenticated", claims) as connection:
        seen = _count(connection, ("marts", "daily_summary"))
    assert bool(seen) is is_owner


def test_whoever_is_taken_off_the_list_reads_nothing_any_more(supabase: Warehouse) -> None:
    with psycopg.connect(supabase.url) as connection:
        load_owners(connection, ["you@example.test"])
    summary: Relation = ("marts", "daily_summary")
    assert _seen(supabase, "authenticated", [summary], OWNER) == {summary: 0}
    assert _seen(supabase, "authenticated", [summary], STRANGER) != {summary: 0}
    with psycopg.connect(supabase.url) as connection:
        load_owners(connection, [])
    assert _seen(supabase, "authenticated", [summary], STRANGER) == {summary: 0}
