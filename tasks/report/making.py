"""One day's page from database to disk, and its figures for the run that made it."""

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
from tasks.report.lettering import Language, language
from tasks.report.page import Report
from tasks.settings import Settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Page:
    """A page on disk and what is on it."""

    path: Path
    report: Report


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


def summary_in_markdown(page: Page) -> str:
    """The day's figures and a link to its PDF, in the page's language."""
    report = page.report
    words = language(report.locale)
    rows = [f"| {_cell(row.label)} | {row.actual} | {row.difference} |" for row in report.table.rows]
    return "\n".join(
        [
            f"# {report.title}",
            *(f"**{notice}**\n" for notice in report.notices),
            *_figures(report, words),
            "",
            "| " + " | ".join(words.page[name] for name in ("category", "column_actual", "column_difference")) + " |",
            "|---|--:|--:|",
            *rows,
            "",
            f"[{page.path.name}]({page.path.as_uri()})",
        ]
    )


def _figures(report: Report, words: Language) -> list[str]:
    score = f"{report.score.value} %" if report.score.value else words.page["no_plan"]
    figures = [(words.page["adherence"], score, ""), *((each.label, each.value, each.note) for each in report.figures)]
    return [f"- {label}: **{value}**" + (f" ({note})" if note else "") for label, value, note in figures]


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|")


@task(name="page", task_run_name="page {day}", cache_policy=NO_CACHE)
def page_task(day: date, database: Database, settings: Settings, now: datetime) -> Page:
    """Set the page of `day`."""
    page = make_page(day, database, settings, now)
    logger.info("Report: %s", page.path)
    return page
