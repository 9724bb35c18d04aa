"""What the tests of the sync share: an invented account to read, a database to read it into, and ways to compare."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import psycopg
import pytest

from infra.local.clock import ManualClock
from infra.local.life import live
from infra.local.server import StandIn

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 3, 9, 5, 23, 5, tzinfo=UTC)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def stand_in(clock: ManualClock) -> Iterator[StandIn]:
    """A Toggl and a Google account of the test's own, with 100 days of life, on real HTTP."""
    with StandIn(live(7, clock, TOKYO)) as stand_in:
        yield stand_in


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, options="-c timezone=UTC") as connection:
        yield connection


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port that nobody listens on, and nobody else is given."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def live_rows(connection: psycopg.Connection, table: str) -> dict[str, dict[str, object]]:
    """What a raw table holds by source id, tombstones aside."""
    with connection.transaction():
        rows = connection.execute(f"select source_id, data from raw.{table} where deleted_at is null")  # noqa: S608
        return dict(rows.fetchall())


def versions(connection: psycopg.Connection, table: str) -> dict[str, tuple[object, ...]]:
    """By source id what changes whenever a row is rewritten, and only then."""
    with connection.transaction():
        rows = connection.execute(f"select source_id, xmin::text, synced_at, deleted_at from raw.{table}")  # noqa: S608
        return {source_id: tuple(version) for source_id, *version in rows}


def broken_histories(connection: psycopg.Connection) -> list[tuple[object, ...]]:
    """Rows whose versions do not follow each other without a gap up to the present one."""
    with connection.transaction():
        return connection.execute(
            "select table_name, source_id from ("
            "    select table_name, source_id, superseded_at,"
            "        lead(seen_at) over (partition by table_name, source_id order by seen_at, superseded_at) as next"
            "    from raw.revisions"
            ") as versions where next is distinct from superseded_at"
        ).fetchall()
