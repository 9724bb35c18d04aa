"""One day's page from database to disk."""

import logging
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.database import Database
from tasks.errors import InputError
from tasks.marts import known_days, read_day
from tasks.report.daily import build_report
from tasks.report.files import write_report
from tasks.report.page import Sheet
from tasks.settings import Settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Page:
    """A page on disk, with its picture and its JSON beside it, and what is on it."""

    path: Path
    sheet: Sheet

    @property
    def picture(self) -> Path:
        """The same page as PNG."""
        return self.path.with_suffix(".png")


def make_page(day: date, database: Database, settings: Settings, now: datetime) -> Page:
    """Set the page of `day` from the marts as they are; InputError when they do not know the day."""
    with database.connect() as connection:
        marts = read_day(connection, day)
        if marts is None:
            known = known_days(connection)
            span = f"the marts hold {known[0]} to {known[1]}" if known else "the marts are empty"
            raise InputError(f"Nothing is known about {day}: {span}.", "Choose another day, or sync first.")
    report = build_report(
        marts,
        zone=settings.zone,
        locale=settings.lifetracer_locale,
        generated_at=now,
        demo=settings.lifetracer_demo,
    )
    return Page(write_report(report, settings.lifetracer_report_dir), report)


@task(name="page", task_run_name="page {day}", cache_policy=NO_CACHE)
def page_task(day: date, database: Database, settings: Settings, now: datetime) -> Page:
    """Set the page of `day`."""
    page = make_page(day, database, settings, now)
    logger.info("Report: %s", page.path)
    return page
