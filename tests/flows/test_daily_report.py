"""The daily flow on real parts: what comes out on a good day, and what each kind of failure costs."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from prefect.client.schemas.objects import State
from pypdf import PdfReader

from flows.daily_report import daily_report
from flows.report import LONGER_EDITIONS, recent_days
from flows.sync import sync
from infra.local.faults import Fault
from infra.local.server import StandIn
from tasks.database import Database
from tasks.report.editions import PageOf

TOKYO = ZoneInfo("Asia/Tokyo")


def run() -> State[Any]:
    """Run the daily flow as the schedule does."""
    return daily_report(return_state=True)


def ended_days() -> list[date]:
    """The days that should have a page."""
    return [page.first_day for page in recent_days(datetime.now(TOKYO).date())]


def pdf(pages: Path, day: date) -> Path:
    """Where the page of a day belongs."""
    return pages / str(day.year) / f"{day}.pdf"


def text_of(path: Path) -> str:
    """The words on a page."""
    return " ".join(page.extract_text() for page in PdfReader(path).pages)


def rows(database_url: str, query: str) -> Sequence[tuple[object, ...]]:
    """What the database says."""
    with Database(database_url).connect() as connection:
        return connection.execute(query.encode()).fetchall()


def test_a_good_day(pages: Path, stand_in: StandIn, database_url: str, prefect_api: str) -> None:
    """First run, and a second one that changes nothing: one test, because each run costs some seconds."""
    state = run()
    assert state.is_completed(), state.message
    days = ended_days()
    assert [day for day in days if not pdf(pages, day).exists()] == []
    today = datetime.now(TOKYO).date()
    longer = {str(PageOf.last_ended(edition, today)) for edition in LONGER_EDITIONS}
    assert {path.stem for path in pages.rglob("*.pdf")} == {*map(str, days), *longer}
    assert all(len(PdfReader(path).pages) == 1 for path in pages.rglob("*.pdf"))

    yesterday = days[-1]
    assert f"{yesterday.day} {yesterday:%B} {yesterday.year}" in text_of(pdf(pages, yesterday))
    _figures_equal_the_marts(pages, yesterday, database_url)
    _every_ended_day_adds_up(database_url)
    _prefect_shows(prefect_api, state)

    before = {path: path.stat().st_mtime_ns for path in pages.rglob("*.*")}
    rewritten = "select max(xmin::text::bigint) from raw.google_calendar__events"
    written_before = rows(database_url, rewritten)
    stand_in.requests.clear()
    assert run().is_completed()
    assert {path: path.stat().st_mtime_ns for path in pages.rglob("*.*")} == before
    assert rows(database_url, rewritten) == written_before


def _figures_equal_the_marts(pages: Path, day: date, database_url: str) -> None:
    said = json.loads(pdf(pages, day).with_suffix(".json").read_text())
    mart = rows(
        database_url,
        "select category, raw_seconds, actual_seconds, planned_seconds, overlap_seconds"  # noqa: S608 - our own date
        f" from marts.daily_category where day = '{day}' order by category",
    )
    names = ("name", "raw_seconds", "actual_seconds", "planned_seconds", "overlap_seconds")
    assert sorted(tuple(category[name] for name in names) for category in said["categories"]) == sorted(mart)
    assert said["date"] == str(day)
    assert said["partial"] is False


def _every_ended_day_adds_up(database_url: str) -> None:
    broken = rows(
        database_url,
        "select day from marts.daily_summary where day < (now() at time zone 'Asia/Tokyo')::date"
        " and day > (select min(day) from marts.daily_summary where tracked_seconds > 0)"
        " and tracked_seconds + untracked_seconds <> day_seconds",
    )
    assert broken == []


def _prefect_shows(prefect_api: str, state: State[Any]) -> None:
    """Each source, each dbt node and each page is a task run; figures and log lines are with the run."""
    run_id = str(state.state_details.flow_run_id)
    only_this = {"flow_runs": {"id": {"any_": [run_id]}}}
    with httpx.Client(base_url=prefect_api, timeout=30) as api:
        names = {one["name"] for one in api.post("/task_runs/filter", json={**only_this, "limit": 200}).json()}
        assert {"sync toggl", "sync gcal", "model daily_summary", f"page {ended_days()[-1]}"} <= names
        artifacts = {one["key"]: one["data"] for one in api.post("/artifacts/filter", json=only_this).json()}
        of_pages = {f"{edition}-{what}" for edition in ("daily", "weekly", "monthly") for what in ("report", "page")}
        assert set(artifacts) == {"warehouse", *of_pages}
        assert f"{ended_days()[-1]}.pdf" in artifacts["daily-report"]
        this_run = {"logs": {"flow_run_id": {"any_": [run_id]}}, "limit": 200}
        messages = [line["message"] for line in api.post("/logs/filter", json=this_run).json()]
        assert any(message.startswith("Toggl Track: ") and "rows new" in message for message in messages)


def test_dead_google_credentials_cost_the_run_but_not_the_page_and_new_ones_heal_it(
    pages: Path, stand_in: StandIn
) -> None:
    page = pdf(pages, ended_days()[-1])
    stand_in.google_auth.revoked = True
    state = run()
    assert state.is_failed()
    assert state.message is not None
    assert state.message.startswith("Google Calendar: Google refuses the refresh token")
    assert "GOOGLE_REFRESH_TOKEN" in state.message
    assert "Google Calendar has never been read" in text_of(page)
    refused = [seen for seen in stand_in.requests if seen.path == "/token"]
    assert len(refused) == 1, "dead credentials must not be tried again"

    stand_in.google_auth.revoked = False
    assert run().is_completed()
    assert "Google Calendar has never been read" not in text_of(page)


@pytest.mark.usefixtures("pages")
def test_a_refused_toggl_token_fails_at_once_and_names_the_cure(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOGGL_API_TOKEN", "wrong")
    state = sync("toggl", return_state=True)
    assert state.is_failed()
    assert "TOGGL_API_TOKEN" in str(state.message)
    assert len(stand_in.requests) == 1


@pytest.mark.usefixtures("pages")
def test_a_bad_moment_of_toggl_is_sat_out(stand_in: StandIn) -> None:
    stand_in.faults.add(Fault("/api/v9/me", "status", times=2, status=503))
    assert sync("toggl", return_state=True).is_completed()


def test_when_dbt_fails_there_is_no_page_and_the_node_is_named(pages: Path, database_url: str) -> None:
    unreadable = {"id": 1, "start": "no time at all", "stop": None, "duration": 5, "at": "2026-01-01T00:00:00Z"}
    with Database(database_url).connect() as connection:
        connection.execute(
            "insert into raw.toggl_track__time_entries (source_id, data) values ('1', %s)", (json.dumps(unreadable),)
        )
    state = run()
    assert state.is_failed()
    assert state.message is not None
    assert "dbt failed at" in state.message
    assert "no time at all" in state.message
    assert list(pages.rglob("*.pdf")) == []
