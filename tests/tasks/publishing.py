"""A page to deliver, and what its readers would complain of."""

from datetime import date, timedelta
from pathlib import Path

from tasks.report.build import build_report
from tasks.report.files import write_report
from tasks.report.making import Page
from tests.reports.days import MONDAY, TOKYO, a_day


def a_page(folder: Path, day: date = MONDAY, **sheet: object) -> Page:
    """The page of a believable day on the disk; `sheet` overrides what it says by name."""
    marts = a_day(day=day)
    made = marts.day.day_end + timedelta(minutes=2)
    report = build_report(marts, zone=TOKYO, locale="en", generated_at=made).model_copy(update=sheet)
    return Page(write_report(report, folder), report)
