"""`report`: set and deliver the page of a day, a week or a month, or of every recent day that has none yet."""

import datetime as dt
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Failed

from flows.delivery import deliver, owed
from tasks.database import Database, open_database
from tasks.errors import InputError
from tasks.marts import known_days
from tasks.publish.due import LOOK_BACK_DAYS
from tasks.report.editions import PageOf
from tasks.report.files import page_exists, pdf_path
from tasks.report.making import page_task
from tasks.report.page import Edition
from tasks.settings import Settings, load_settings

LONGER_EDITIONS: Sequence[Edition] = ("weekly", "monthly")

logger = logging.getLogger(__name__)


def name_of_run() -> str:
    """The flow's name with what it was asked for, if that is something."""
    asked = flow_run.parameters
    edition = asked.get("edition", "daily")
    parts = [str(flow_run.flow_name), "" if edition == "daily" else edition, str(asked.get("date") or "")]
    return " ".join(part for part in parts if part)


@flow(name="report", flow_run_name=name_of_run)
def report(date: dt.date | None = None, edition: Edition = "daily") -> list[Path] | State[Any]:
    """Set and deliver the page of this edition that `date` is on; gives the PDFs' paths.

    Without a date it is the page of the last week or month that ended, or of each of the last 7 ended days that has
    none yet. A channel that fails costs neither the pages nor the other channels: the run ends Failed with a sentence
    that names it and the cure, and the next one tries again.
    """
    settings = load_settings()
    refuse_future(date, settings)
    today = dt.datetime.now(settings.zone).date()
    with open_database(settings) as database:
        if date is not None:
            pages = [PageOf.holding(edition, date)]
        elif edition == "daily":
            pages = days_due(database, settings, today)
        else:
            pages = [PageOf.last_ended(edition, today)]
        paths, faults = set_pages(database, settings, pages)
    return Failed(message=" ".join(faults)) if faults else paths


def refuse_future(date: dt.date | None, settings: Settings) -> None:
    """Raise InputError for a day that has not begun in the user's zone."""
    today = dt.datetime.now(settings.zone).date()
    if date is not None and date > today:
        raise InputError(f"{date} has not come yet.", f"Choose a day up to today, {today}.")


def set_pages(database: Database, settings: Settings, pages: Sequence[PageOf]) -> tuple[list[Path], list[str]]:
    """Set these pages and deliver them: the PDFs' paths, and one sentence per channel that failed.

    Of each edition the pages come oldest first, and readers are told of its last one.
    """
    now = dt.datetime.now(settings.zone)
    made = [page_task(page, database, settings, now) for page in pages]
    if not made:
        logger.info("Report: no page is due")
    newest = {page.edition: page for page in pages}
    # The newest goes out first: it is the one that somebody waits for.
    faults = deliver(reversed(made), database, settings, now.date(), news=set(newest.values()))
    return [page.path for page in made], faults


def pages_due(database: Database, settings: Settings, today: dt.date) -> list[PageOf]:
    """What a night has to set: the days of the look-back, and the last week and month that ended.

    Those that have a whole page and reached every channel are done. Days come last, the newest at the very end.
    """
    longer = [PageOf.last_ended(edition, today) for edition in reversed(LONGER_EDITIONS)]
    due = [page for one in longer for page in _due(database, settings, [one], today)]
    return [*due, *days_due(database, settings, today)]


def days_due(database: Database, settings: Settings, today: dt.date) -> list[PageOf]:
    """The days of the look-back that have no whole page yet or whose page did not reach a channel, oldest first."""
    return _due(database, settings, recent_days(today), today)


def _due(database: Database, settings: Settings, pages: Sequence[PageOf], today: dt.date) -> list[PageOf]:
    wanted = {*missing(database, settings, pages), *owed(database, settings, pages, today)}
    return [page for page in pages if page in wanted]


def missing(database: Database, settings: Settings, pages: Sequence[PageOf]) -> list[PageOf]:
    """Those of these pages of whose days the marts know some, and that are not whole on the disk."""
    with database.connect() as connection:
        known = known_days(connection)
    if known is None:
        return []
    folder, demo = settings.lifetracer_report_dir, settings.lifetracer_demo
    return [
        page
        for page in pages
        if page.first_day <= known[1] and known[0] <= page.last_day and not page_exists(folder, page, demo=demo)
    ]


def recent_days(today: dt.date) -> list[PageOf]:
    """The pages of the look-back's days, oldest first; the last one is yesterday's."""
    days = (today - dt.timedelta(days=back) for back in range(LOOK_BACK_DAYS, 0, -1))
    return [PageOf("daily", day) for day in days]


def recent_pages(settings: Settings) -> list[Path]:
    """The PDFs that exist of the look-back's days, oldest first, and of the last week and month that ended."""
    today = dt.datetime.now(settings.zone).date()
    longer = [PageOf.last_ended(edition, today) for edition in LONGER_EDITIONS]
    paths = (pdf_path(settings.lifetracer_report_dir, page) for page in [*recent_days(today), *longer])
    return [path for path in paths if path.exists()]
