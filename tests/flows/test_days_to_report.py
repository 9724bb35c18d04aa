"""Which pages are set by themselves: of days, weeks and months that have ended, are known, and have no whole page."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from flows.report import days_due, pages_due, recent_days
from tasks.database import Database
from tasks.report.editions import PageOf
from tasks.report.files import pdf_path
from tasks.settings import Settings, load_settings

TODAY = date(2026, 11, 23)
YESTERDAY = PageOf("daily", TODAY - timedelta(days=1))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(lifetracer_report_dir=tmp_path)


@pytest.fixture
def database(database_url: str) -> Database:
    """Marts that know the last three days, today and tomorrow."""
    database = Database(database_url)
    with database.connect() as connection:
        connection.execute("create table marts.daily_summary (day date)")
        connection.execute(
            "insert into marts.daily_summary select generate_series(%s::date - 3, %s::date + 1, '1 day')",
            (TODAY, TODAY),
        )
    return database


def _page(settings: Settings, page: PageOf, **said: object) -> None:
    pdf = pdf_path(settings.lifetracer_report_dir, page)
    pdf.parent.mkdir(exist_ok=True)
    pdf.write_bytes(b"%PDF")
    pdf.with_suffix(".json").write_text(json.dumps({"partial": False, "demo": False} | said))


def test_the_look_back_is_the_seven_days_before_today() -> None:
    assert recent_days(TODAY) == [_day(day) for day in range(16, 23)]


def _day(number: int) -> PageOf:
    return PageOf("daily", date(2026, 11, number))


def test_known_ended_days_without_a_page_are_due(database: Database, settings: Settings) -> None:
    assert days_due(database, settings, TODAY) == [_day(20), _day(21), _day(22)]


def test_a_day_with_its_page_is_not_due(database: Database, settings: Settings) -> None:
    _page(settings, YESTERDAY)
    assert YESTERDAY not in days_due(database, settings, TODAY)


@pytest.mark.parametrize("said", [{"partial": True}, {"demo": True}])
def test_a_partial_page_and_one_of_the_demo_are_made_again(
    database: Database, settings: Settings, said: dict[str, object]
) -> None:
    _page(settings, YESTERDAY, **said)
    assert YESTERDAY in days_due(database, settings, TODAY)


def test_a_lost_pdf_is_made_again(database: Database, settings: Settings) -> None:
    _page(settings, YESTERDAY)
    (settings.lifetracer_report_dir / f"{YESTERDAY.name}.pdf").unlink()
    assert YESTERDAY in days_due(database, settings, TODAY)


def test_the_week_that_ended_is_due_until_it_has_a_page(database: Database, settings: Settings) -> None:
    week = PageOf("weekly", date(2026, 11, 16))
    assert pages_due(database, settings, TODAY)[0] == week
    _page(settings, week)
    assert week not in pages_due(database, settings, TODAY)


def test_a_month_of_which_nothing_is_known_is_not_due(database: Database, settings: Settings) -> None:
    assert {page.edition for page in pages_due(database, settings, TODAY)} == {"weekly", "daily"}
    first_of_december = pages_due(database, settings, date(2026, 12, 1))
    assert PageOf("monthly", date(2026, 11, 1)) in first_of_december


def test_yesterday_is_set_last_of_all(database: Database, settings: Settings) -> None:
    assert pages_due(database, settings, TODAY)[-1] == YESTERDAY
