"""The sources that lifetracer can copy: one entry each says what it is called, what it needs and how it is synced.

A new source is a file in `tasks/` with a `sync` function and an entry in `SOURCES`.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import psycopg
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from tasks import google_calendar, toggl
from tasks.database import Database
from tasks.errors import DatabaseError, LifetracerError, SettingsError, SourceUnavailable
from tasks.raw import SyncSummary, mark_attempt, mark_failure, mark_success, only_sync_of
from tasks.settings import GoogleAccess, Settings, TogglAccess

logger = logging.getLogger(__name__)

Access = TypeVar("Access", TogglAccess, GoogleAccess)


@dataclass(frozen=True)
class Source:
    """One source: `title` is for people, `unset_hint` says in one line which variables set it up.

    `sync` brings its copy up to date as of a moment (aware); it may only be called when `configured`.
    """

    name: str
    title: str
    configured: Callable[[Settings], bool]
    unset_hint: str
    sync: Callable[[psycopg.Connection, Settings, datetime], SyncSummary]


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


def _sync_toggl(connection: psycopg.Connection, settings: Settings, now: datetime) -> SyncSummary:
    return toggl.sync(connection, _set_up(settings.toggl, SOURCES["toggl"]), now=now)


def _sync_google(connection: psycopg.Connection, settings: Settings, now: datetime) -> SyncSummary:
    return google_calendar.sync(connection, _set_up(settings.google, SOURCES["gcal"]), now=now)


def _set_up(access: Access | None, source: Source) -> Access:
    if access is None:
        raise SettingsError(f"{source.title} is not set up.", source.unset_hint)
    return access


SOURCES: Mapping[str, Source] = {
    source.name: source
    for source in (
        Source(
            name=toggl.SOURCE,
            title=toggl.TITLE,
            configured=lambda settings: settings.toggl is not None,
            unset_hint="Set TOGGL_API_TOKEN to the token at the foot of https://track.toggl.com/profile.",
            sync=_sync_toggl,
        ),
        Source(
            name=google_calendar.SOURCE,
            title=google_calendar.TITLE,
            configured=lambda settings: settings.google is not None,
            unset_hint=(
                "Set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET and run `lifetracer auth google`, or set"
                " GOOGLE_SERVICE_ACCOUNT_FILE."
            ),
            sync=_sync_google,
        ),
    )
}


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
