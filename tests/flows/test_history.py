"""The flows that read history: they show where they stand, wait for the quota by themselves, and end with the marts."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import psycopg
import pytest

from flows.history import backfill, reconcile
from flows.sync import sync
from infra.local import credentials
from infra.local.clock import TickingClock
from infra.local.life import live
from infra.local.server import StandIn
from tasks import toggl
from tests.tasks.publishing import web_service

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    """Toggl and Google for a life of 130 days that ends now: 40 of them lie beyond the Track API's reach."""
    with StandIn(live(11, TickingClock(datetime.now(UTC)), TOKYO, days=130)) as running:
        yield running


def today() -> date:
    """The present day of the life."""
    return datetime.now(TOKYO).date()


def days_of_entries(database_url: str) -> list[date]:
    """The local days on which the mirror's living entries begin."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "select distinct ((data->>'start')::timestamptz at time zone 'Asia/Tokyo')::date"
            " from raw.toggl_track__time_entries_report where deleted_at is null order by 1"
        )
        return [day for (day,) in rows]


def artifacts(prefect_api: str, key: str) -> list[dict[str, object]]:
    """The artifacts of this name, newest first."""
    with httpx.Client(base_url=prefect_api, timeout=30) as api:
        found = api.post("/artifacts/filter", json={"artifacts": {"key": {"any_": [key]}}, "sort": "CREATED_DESC"})
        rows: list[dict[str, object]] = found.raise_for_status().json()
        return rows


def test_a_backfill_waits_for_the_quota_shows_its_progress_and_ends_with_the_marts(
    *,
    pages: Path,
    stand_in: StandIn,
    database_url: str,
    prefect_api: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("TOGGL_QUOTA_RESERVE", "2")
    caplog.set_level("INFO")
    stand_in.toggl.quota_size = 12
    stand_in.toggl.quota_window = timedelta(seconds=8)
    stand_in.toggl.report_page_cap = 200
    first = today() - timedelta(days=120)
    backfill(first, today() - timedelta(days=60))

    days = days_of_entries(database_url)
    assert days[0] <= first
    assert days[-1] >= today() - timedelta(days=60)
    assert "the hourly allowance is used up; waiting until" in caplog.text
    assert "requests left until" in caplog.text
    (progress, *_) = artifacts(prefect_api, "backfill")
    assert (progress["type"], progress["data"]) == ("progress", 100.0)
    with psycopg.connect(database_url) as connection:
        row = connection.execute("select min(day) from marts.daily_summary where tracked_seconds > 0").fetchone()
    assert row is not None
    assert row[0] <= first
    assert list(pages.rglob("*.pdf")) == [], "no pages unless they are asked for"


def test_a_backfill_sets_and_keeps_the_pages_that_are_asked_for_and_tells_nobody(
    pages: Path, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPABASE_URL", stand_in.url)
    monkeypatch.setenv("SUPABASE_SERVICE_ROLE_KEY", credentials.SUPABASE_SERVICE_ROLE_KEY)
    stand_in.toggl.quota_size = 1000
    first, last = today() - timedelta(days=100), today() - timedelta(days=98)
    with web_service() as web:
        monkeypatch.setenv("NOTIFY_URLS", web.url)
        backfill(first, last, reports=True)
    made = sorted(path.stem for path in pages.rglob("*.pdf"))
    assert made == [str(first + timedelta(days=number)) for number in range(3)]
    kept = stand_in.storage.buckets["reports"].files
    assert sorted(name for name in kept if name.endswith(".pdf")) == [f"{name[:4]}/{name}.pdf" for name in made]
    assert web.requests == 0


@pytest.mark.usefixtures("pages")
def test_what_a_sync_could_not_tell_is_compared_right_after_it(stand_in: StandIn, database_url: str) -> None:
    stand_in.toggl.quota_size = 1000
    track = stand_in.world.track
    backfill(today() - timedelta(days=130), today())
    sync("toggl")
    entries = [entry for entry in track.live_entries() if entry.stop is not None]
    for entry in entries:
        track.edit_entry(entry.id, description="renamed in bulk")
    track.delete_entry(entries[-1].id)
    sync("toggl")
    with psycopg.connect(database_url) as connection:
        assert toggl.unknown_noted_at(connection) is None
        stale = connection.execute(
            "select count(*) from raw.toggl_track__time_entries_report where deleted_at is null"
            " and data->>'description' <> 'renamed in bulk'"
            " and (data->>'start')::timestamptz < now() - interval '95 days'"
        ).fetchone()
        assert stale == (0,)
        gone = connection.execute(
            "select deleted_at is not null from raw.toggl_track__time_entries_report where source_id = %s",
            (str(entries[-1].id),),
        ).fetchone()
        assert gone == (True,)


@pytest.mark.usefixtures("pages")
def test_a_comparison_by_hand_restores_what_was_lost(stand_in: StandIn, database_url: str) -> None:
    stand_in.toggl.quota_size = 1000
    sync("toggl")
    lost = [entry for entry in stand_in.world.track.live_entries() if entry.stop is not None][400]
    with psycopg.connect(database_url) as connection:
        connection.execute("delete from raw.toggl_track__time_entries where source_id = %s", (str(lost.id),))
    reconcile()
    with psycopg.connect(database_url) as connection:
        found = connection.execute(
            "select (data->>'seconds')::int from raw.toggl_track__time_entries_report where source_id = %s",
            (str(lost.id),),
        ).fetchone()
    assert lost.stop is not None
    assert found == ((lost.stop - lost.start).total_seconds(),)
