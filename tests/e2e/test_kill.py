"""kill -9 at any moment of a sync, a backfill or a comparison: nothing is lost, nothing is doubled."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest

from infra.local.clock import TickingClock
from infra.local.habits import PRIMARY, STUDY, WORK
from infra.local.life import live
from infra.local.server import StandIn
from tasks.settings import PROJECT_ROOT
from tests.accounts import accounts_at
from tests.tasks.conftest import broken_histories, live_rows
from tests.tasks.google import events_of

TOKYO = ZoneInfo("Asia/Tokyo")
JOBS = ("toggl", "gcal", "backfill", "reconcile")
KILLS = 50
MOST_TRIES = 100
TABLES = (
    "toggl_track__time_entries",
    "toggl_track__time_entries_report",
    "toggl_track__projects",
    "google_calendar__events",
)
# What Postgres is busy with when the process dies, besides whatever it does at some random moment after a request.
IN_POSTGRES = ("copy pg_temp.incoming%", "%written as%", "%raw.sync_state%", "%raw.request_quota%", "commit%")


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    """An account with 120 days of history, a month of it beyond the reach of the Track API."""
    with StandIn(live(7, TickingClock(datetime.now(UTC)), TOKYO, days=120)) as stand_in:
        stand_in.toggl.quota_size = 100_000
        stand_in.toggl.report_page_cap = 400
        yield stand_in


@pytest.fixture
def environment(stand_in: StandIn, database_url: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        **accounts_at(stand_in),
    }


def start(job: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Begin a job in a process of its own."""
    return subprocess.Popen([sys.executable, "-m", "tests.e2e.job", job], cwd=PROJECT_ROOT, env=environment)


def finish(job: str, environment: dict[str, str]) -> None:
    """Do a job, undisturbed."""
    assert start(job, environment).wait(timeout=120) == 0


def die_after_a_request(process: subprocess.Popen[bytes], stand_in: StandIn, chance: random.Random) -> None:
    """Kill it some milliseconds after one of its first requests, if it lives so long."""
    last = len(stand_in.requests) + chance.choice([1, 1, 2, 2, 3, 6])
    while process.poll() is None and len(stand_in.requests) < last:
        time.sleep(0.0005)
    time.sleep(chance.random() * 0.03)
    process.kill()


def die_in_postgres(process: subprocess.Popen[bytes], watch: psycopg.Connection, chance: random.Random) -> None:
    """Kill it while Postgres is busy for it with a certain kind of statement, if that is ever seen."""
    doing, times = chance.choice(IN_POSTGRES), chance.randint(1, 4)
    while process.poll() is None and times > 0:
        seen = watch.execute(
            "select from pg_stat_activity where datname = current_database() and application_name = 'lifetracer'"
            " and state <> 'idle' and query ilike %s",
            (doing,),
        ).fetchone()
        times -= seen is not None
    process.kill()


def change_something(stand_in: StandIn, chance: random.Random) -> None:
    """What the person does meanwhile."""
    track, agenda = stand_in.world.track, stand_in.world.agenda
    entries = [entry for entry in track.live_entries() if entry.stop is not None]
    edited, deleted = chance.sample(entries, 2)
    track.edit_entry(edited.id, description=f"edited {chance.random()}")
    track.delete_entry(deleted.id)
    track.add_entry(deleted.start, deleted.start + timedelta(minutes=7))
    track.edit_project(chance.choice(list(track.projects)), name=f"renamed {chance.random()}")
    events = [event for event in agenda.occurrences(WORK) if event.status != "cancelled"]
    moved, cancelled = chance.sample(events, 2)
    agenda.edit_event(WORK, moved.id, summary=f"edited {chance.random()}")
    agenda.cancel_event(WORK, cancelled.id)


@pytest.mark.timeout(1200)
def test_killed_at_any_moment_it_loses_nothing_and_doubles_nothing(
    stand_in: StandIn, environment: dict[str, str], database_url: str
) -> None:
    chance = random.Random(20261125)  # noqa: S311 - the same misfortunes every time
    died = tries = 0
    with (
        psycopg.connect(database_url, autocommit=True) as watch,
        psycopg.connect(database_url, options="-c timezone=UTC") as connection,
    ):
        while died < KILLS:
            tries += 1
            assert tries <= MOST_TRIES, "most jobs are over before their moment comes"
            if died > 4:
                change_something(stand_in, chance)
            process = start(JOBS[tries % len(JOBS)], environment)
            if chance.random() < 0.5:
                die_in_postgres(process, watch, chance)
            else:
                die_after_a_request(process, stand_in, chance)
            if process.wait() != -signal.SIGKILL:
                continue
            died += 1
            if died % (KILLS // 3) == 0:
                for job in JOBS:
                    finish(job, environment)
                compare(stand_in, connection)


def compare(stand_in: StandIn, connection: psycopg.Connection) -> None:
    """The mirror holds what the accounts hold, each record once, and every version of it."""
    track, agenda = stand_in.world.track, stand_in.world.agenda
    alive = {entry.id: entry.description or "" for entry in track.live_entries()}
    mirrored: dict[int, object] = {}
    for table in ("toggl_track__time_entries_report", "toggl_track__time_entries"):
        mirrored |= {int(key): row["description"] or "" for key, row in live_rows(connection, table).items()}
    assert mirrored == alive
    names = {key: row["name"] for key, row in live_rows(connection, "toggl_track__projects").items()}
    assert names == {str(project.id): project.name for project in track.projects.values()}
    assert live_rows(connection, "google_calendar__events") == events_of(agenda, PRIMARY, WORK, STUDY)
    assert broken_histories(connection) == []
    locks = connection.execute("select count(*) from pg_locks where locktype = 'advisory'").fetchone()
    connection.commit()
    assert locks == (0,)
