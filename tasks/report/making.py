"""A page from database to disk: a day's, a week's or a month's."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import psycopg
from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.database import Database
from tasks.errors import InputError
from tasks.marts import known_days, read_day
from tasks.marts.periods import read_month, read_week
from tasks.report.daily import build_report
from tasks.report.editions import PageOf
from tasks.report.files import write_report
from tasks.report.monthly import build_monthly
from tasks.report.page import Sheet
from tasks.report.weekly import build_weekly
from tasks.settings import Settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Page:
    """A page on disk, with its picture and its JSON beside it, and what is on it."""

    path: Path
    sheet: Sheet

    @property
    def of(self) -> PageOf:
        """Which page it is."""
        return PageOf(self.sheet.edition, self.sheet.date)

    @property
    def picture(self) -> Path:
        """The same page as PNG."""
        return self.path.with_suffix(".png")


def make_page(page: PageOf, database: Database, settings: Settings, now: datetime) -> Page:
    """Set a page from the marts as they are; InputError when they know none of its days."""
    with database.connect() as connection:
        build = _builder(page, connection)
        if build is None:
            known = known_days(connection)
            span = f"the marts hold {known[0]} to {known[1]}" if known else "the marts are empty"
            raise InputError(f"Nothing is known about {page}: {span}.", "Choose other days, or sync first.")
    sheet = build(
        zone=settings.zone,
        locale=settings.lifetracer_locale,
        generated_at=now,
        demo=settings.lifetracer_demo,
    )
    return Page(write_report(sheet, settings.lifetracer_report_dir), sheet)


def _builder(page: PageOf, connection: psycopg.Connection) -> Callable[..., Sheet] | None:
    """What makes the sheet of what the marts say now; None when they know nothing of these days."""
    if page.edition == "weekly":
        week = read_week(connection, page.first_day)
        return None if week is None else partial(build_weekly, week)
    if page.edition == "monthly":
        month = read_month(connection, page.first_day)
        return None if month is None else partial(build_monthly, month)
    day = read_day(connection, page.first_day)
    return None if day is None else partial(build_report, day)


@task(name="page", task_run_name="page {page}", cache_policy=NO_CACHE)
def page_task(page: PageOf, database: Database, settings: Settings, now: datetime) -> Page:
    """Set a page."""
    made = make_page(page, database, settings, now)
    logger.info("Report: %s", made.path)
    return made
