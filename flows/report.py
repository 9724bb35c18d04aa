"""`report`: set the page of one day, or of every recent day that has none yet."""

import datetime as dt
import logging
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Failed

from flows.delivery import days_owed, deliver
from tasks.database import Database, open_database
from tasks.errors import InputError
from tasks.marts import known_days
from tasks.publish.due import LOOK_BACK_DAYS
from tasks.report.files import page_exists, page_name
from tasks.report.making import page_task
from tasks.settings import Settings, load_settings

logger = logging.getLogger(__name__)


def name_of_run() -> str:
    """The flow's name with the day it was asked for, if any."""
    date = flow_run.parameters.get("date")
    return f"{flow_run.flow_name} {date}" if date else str(flow_run.flow_name)


@flow(name="report", flow_run_name=name_of_run)
def report(date: dt.date | None = None) -> list[Path] | State[Any]:
    """Set and deliver the page of `date`, or of each of the last 7 ended days that has none yet; gives the PDFs' paths.

    A channel that fails costs neither the pages nor the other channels: the run ends Failed with a sentence that names
    it and the cure, and the next one tries again.
    """
    settings = load_settings()
    refuse_future(date, settings)
    with open_database(settings) as database:
        paths, faults = set_pages(database, settings, date)
    return Failed(message=" ".join(faults)) if faults else paths


def refuse_future(date: dt.date | None, settings: Settings) -> None:
    """Raise InputError for a day that has not begun in the user's zone."""
    today = dt.datetime.now(settings.zone).date()
    if date is not None and date > today:
        raise InputError(f"{date} has not come yet.", f"Choose a day up to today, {today}.")


def set_pages(database: Database, settings: Settings, date: dt.date | None) -> tuple[list[Path], list[str]]:
    """Set the page of `date`, or the missing pages of the look-back, and deliver them.

    Pages of the look-back that did not reach a channel are set and delivered as well. Gives the PDFs' paths, oldest
    first, and one sentence per channel that failed.
    """
    now = dt.datetime.now(settings.zone)
    days = [date] if date else _days_due(database, settings, now.date())
    pages = [page_task(day, database, settings, now) for day in days]
    if not pages:
        logger.info("Report: no page is due")
    # The newest goes out first: it is the one that somebody waits for.
    faults = deliver(reversed(pages), database, settings, now.date(), newest=days[-1] if days else None)
    return [page.path for page in pages], faults


def _days_due(database: Database, settings: Settings, today: dt.date) -> list[dt.date]:
    recent = recent_days(today)
    missing = days_without_page(database, settings, recent[0], recent[-1])
    return sorted({*missing, *days_owed(database, settings, recent, today)})


def days_without_page(database: Database, settings: Settings, first: dt.date, last: dt.date) -> list[dt.date]:
    """The days from `first` to `last` that the marts know and that have no whole page yet, oldest first."""
    with database.connect() as connection:
        known = known_days(connection)
    if known is None:
        return []
    folder, demo = settings.lifetracer_report_dir, settings.lifetracer_demo
    first, last = max(first, known[0]), min(last, known[1])
    days = (first + dt.timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if not page_exists(folder, day, demo=demo)]


def recent_days(today: dt.date) -> list[dt.date]:
    """The days of the look-back, oldest first; the last one is yesterday."""
    return [today - dt.timedelta(days=back) for back in range(LOOK_BACK_DAYS, 0, -1)]


def pages_of_recent_days(settings: Settings) -> list[Path]:
    """The PDFs of the look-back that exist, oldest first."""
    days = recent_days(dt.datetime.now(settings.zone).date())
    paths = [settings.lifetracer_report_dir / page_name("daily", day) for day in days]
    return [path for path in paths if path.exists()]
