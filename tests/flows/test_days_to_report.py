"""Which days get a page by themselves: those of the look-back that have ended, are known, and have no whole page."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from flows.report import days_without_page, recent_days
from tasks.database import Database
from tasks.settings import Settings, load_settings

TODAY = date(2026, 11, 23)
YESTERDAY = TODAY - timedelta(days=1)


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


def _page(settings: Settings, day: date, **said: object) -> None:
    folder = settings.lifetracer_report_dir / str(day.year)
    folder.mkdir(exist_ok=True)
    (folder / f"{day}.pdf").write_bytes(b"%PDF")
    (folder / f"{day}.json").write_text(json.dumps({"partial": False, "demo": False} | said))


def test_the_look_back_is_the_seven_days_before_today() -> None:
    assert recent_days(TODAY) == [date(2026, 11, day) for day in range(16, 23)]


def test_known_ended_days_without_a_page_are_due(database: Database, settings: Settings) -> None:
    assert days_without_page(database, settings, TODAY - timedelta(days=7), YESTERDAY) == [
        date(2026, 11, day) for day in (20, 21, 22)
    ]


def test_a_day_with_its_page_is_not_due(database: Database, settings: Settings) -> None:
    _page(settings, YESTERDAY)
    assert YESTERDAY not in days_without_page(database, settings, TODAY - timedelta(days=7), YESTERDAY)


@pytest.mark.parametrize("said", [{"partial": True}, {"demo": True}])
def test_a_partial_page_and_one_of_the_demo_are_made_again(
    database: Database, settings: Settings, said: dict[str, object]
) -> None:
    _page(settings, YESTERDAY, **said)
    assert YESTERDAY in days_without_page(database, settings, TODAY - timedelta(days=7), YESTERDAY)


def test_a_lost_pdf_is_made_again(database: Database, settings: Settings) -> None:
    _page(settings, YESTERDAY)
    (settings.lifetracer_report_dir / "2026" / f"{YESTERDAY}.pdf").unlink()
    assert YESTERDAY in days_without_page(database, settings, TODAY - timedelta(days=7), YESTERDAY)
