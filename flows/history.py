"""`backfill` and `reconcile`: Toggl's older history, and all of it compared with Toggl's reports."""

import datetime as dt
import logging
from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

from prefect import flow
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Failed

from flows.delivery import deliver
from flows.report import missing
from flows.transform import build_marts
from flows.waiting import waits_for_quota
from tasks import toggl
from tasks.database import Database, open_database
from tasks.errors import InputError, LifetracerError
from tasks.marts import known_days
from tasks.report.editions import PageOf
from tasks.report.making import page_task
from tasks.settings import Settings, load_settings
from tasks.toggl import HistoryAsked, HistoryProgress

# The free plan's 30 requests an hour and the smallest pages take a long history some days.
HOURS_OF_PATIENCE = 24 * 14

logger = logging.getLogger(__name__)


def _name_of_run() -> str:
    first, last = flow_run.parameters.get("from_date"), flow_run.parameters.get("to_date")
    return f"backfill {first or 'from the beginning'} to {last or 'today'}"


def refuse_backwards(first: dt.date | None, last: dt.date | None) -> None:
    """Raise InputError for a last day that lies before the first."""
    if first is not None and last is not None and last < first:
        raise InputError(f"{last} lies before {first}.", "Choose a --to that is not earlier than --from.")


@waits_for_quota(HOURS_OF_PATIENCE)
@flow(name="backfill", flow_run_name=_name_of_run)
def backfill(
    from_date: dt.date | None = None,
    to_date: dt.date | None = None,
    *,
    oldest_first: bool = False,
    reports: bool = False,
) -> State[Any] | None:
    """Read Toggl's history of these local days (by default all of it), build the marts and, if asked, set the pages.

    Each page of Toggl's report is committed with its cursor: stopped anywhere, the next run goes on from there. Some
    requests of each hour are left to the daily sync; the next hour is waited for. Pages are kept where pages are kept,
    but no reader is told of them; the run ends Failed with a sentence when that channel does.
    """
    refuse_backwards(from_date, to_date)
    settings = load_settings()
    if settings.toggl is None:
        raise toggl.source.unset
    now = dt.datetime.now(settings.zone)
    with open_database(settings) as database:
        with database.connect() as connection:
            asked = HistoryAsked(from_date, to_date, oldest_first)
            _follow("backfill", toggl.backfill(connection, settings.toggl, asked, now=now), settings)
        build_marts(database, settings)
        if not reports:
            return None
        yesterday = now.date() - dt.timedelta(days=1)
        days = _days_without_page(database, settings, from_date, min(to_date or yesterday, yesterday))
        pages = (page_task(day, database, settings, now) for day in days)
        faults = deliver(pages, database, settings, now.date(), news=())
    return Failed(message=" ".join(faults)) if faults else None


def _days_without_page(database: Database, settings: Settings, first: dt.date | None, last: dt.date) -> list[PageOf]:
    """The days up to `last` that the marts know and that have no whole page yet, oldest first."""
    with database.connect() as connection:
        known = known_days(connection)
    if known is None:
        return []
    first = max(first or known[0], known[0])
    days = (first + dt.timedelta(days=number) for number in range((min(last, known[1]) - first).days + 1))
    return missing(database, settings, [PageOf("daily", day) for day in days])


@waits_for_quota(HOURS_OF_PATIENCE)
@flow(name="reconcile")
def reconcile() -> None:
    """Compare all that is stored of Toggl with its reports: restore what was missed, put tombstones on what is gone.

    The marts follow with the next transform.
    """
    settings = load_settings()
    if settings.toggl is None:
        raise toggl.source.unset
    with open_database(settings) as database, database.connect() as connection:
        _follow("reconcile", toggl.reconcile(connection, settings.toggl, now=dt.datetime.now(settings.zone)), settings)


def catch_up(database: Database, settings: Settings) -> None:
    """Compare the history with Toggl's reports if a sync could not tell what changed in it, as far as that can be done.

    What keeps it from being done now, such as a used-up hour, is logged; it is caught up with after the next sync.
    """
    if settings.toggl is None:
        return
    with database.connect() as connection:
        if toggl.unknown_noted_at(connection) is None:
            return
        logger.info("Toggl Track: comparing older entries with its reports")
        progress = toggl.reconcile(connection, settings.toggl, now=dt.datetime.now(settings.zone))
        try:
            _follow("catch-up", progress, settings)
        except LifetracerError as error:
            logger.warning("Toggl Track: the rest follows after the next sync. %s", error.sentence)


def _follow(key: str, progress: Iterator[HistoryProgress], settings: Settings) -> None:
    """Work it off, and show where it stands: as a Prefect artifact, in the log, and on the terminal."""
    artifact: UUID | None = None
    for stand in progress:
        sentence = _sentence(stand, settings)
        # A terminal shows only the newest of these lines.
        logger.info(sentence, extra={"passing": True})
        percent = round(100 * stand.share, 1)
        if artifact is None:
            artifact = cast("UUID", create_progress_artifact(percent, key=key, description=sentence))
        else:
            update_progress_artifact(artifact, percent, description=sentence)
    logger.info("Toggl Track: %s is complete", key)


def _sentence(stand: HistoryProgress, settings: Settings) -> str:
    workspace = f", workspace {stand.number} of {stand.workspaces}" if stand.workspaces > 1 else ""
    days = f"{stand.step.done_days:,} of {stand.step.days:,} days"
    said = f"Toggl Track: {days}{workspace}, {stand.step.entries:,} entries read"
    if stand.allowance is None:
        return said
    renewed = stand.allowance.resets_at.astimezone(settings.zone)
    return f"{said}; {stand.allowance.remaining} requests left until {renewed:%H:%M}"
