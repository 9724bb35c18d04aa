"""The sources that lifetracer can copy, and how any of them is synced; tasks/source.py tells how to add one."""

import logging
from collections.abc import Mapping
from datetime import datetime

import psycopg
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from tasks import google_calendar, toggl
from tasks.database import Database
from tasks.errors import DatabaseError, LifetracerError, SourceUnavailable
from tasks.raw import SyncSummary, mark_attempt, mark_failure, mark_success, only_sync_of
from tasks.settings import Settings
from tasks.source import Source

SOURCES: Mapping[str, Source] = {source.name: source for source in (toggl.source, google_calendar.source)}

logger = logging.getLogger(__name__)


def sync_source(name: str, connection: psycopg.Connection, settings: Settings, *, now: datetime) -> SyncSummary:
    """Sync one configured source and record how it went; waits while another sync of it runs on this database.

    Raises what the source raises, and DatabaseError when Postgres fails meanwhile.
    """
    try:
        with only_sync_of(connection, name):
            mark_attempt(connection, name, now=now)
            summary = SOURCES[name].sync(connection, settings, now)
            mark_success(connection, name)
            return summary
    except psycopg.Error as error:
        reason = (str(error).strip().splitlines() or ["no reason given"])[0].rstrip(".")
        failure: LifetracerError = DatabaseError(
            f"Postgres failed during the sync of {SOURCES[name].title}: {reason}.",
            "Run it again; what was loaded is safe, the rest is read again.",
        )
        _remember(connection, name, failure.sentence)
        raise failure from error
    except Exception as error:
        sentence = error.sentence if isinstance(error, LifetracerError) else f"Stopped by {type(error).__name__}."
        _remember(connection, name, sentence)
        raise


def _remember(connection: psycopg.Connection, name: str, sentence: str) -> None:
    """Record a failure, unless it is the connection itself that failed."""
    if not connection.closed:
        mark_failure(connection, name, sentence)


def _may_heal(_task: Task[..., object], _run: TaskRun, state: State[object]) -> bool:
    """Only a source that did not answer is worth asking again; bad credentials and used-up quotas are not."""
    return isinstance(state.result(raise_on_failure=False), SourceUnavailable)


@task(
    name="sync",
    task_run_name="sync {name}",
    retries=1,
    retry_delay_seconds=30,
    retry_condition_fn=_may_heal,
    cache_policy=NO_CACHE,
)
def sync_task(name: str, database: Database, settings: Settings, now: datetime) -> SyncSummary:
    """Sync one configured source on a connection of its own."""
    logger.info("%s: syncing", SOURCES[name].title)
    try:
        with database.connect() as connection:
            summary = sync_source(name, connection, settings, now=now)
    except LifetracerError as error:
        logger.warning("%s: %s", SOURCES[name].title, error.sentence)
        raise
    logger.info("%s: %s", SOURCES[name].title, summary)
    return summary
