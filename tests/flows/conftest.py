"""A user whose accounts are at the stand-in, with a database and a folder for the pages of their own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from deployments.local_run import use_prefect_api
from infra.local import credentials
from infra.local.clock import TickingClock
from infra.local.life import live
from infra.local.server import StandIn

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    """Toggl and Google for a life of 30 days that ends now."""
    with StandIn(live(11, TickingClock(datetime.now(UTC)), TOKYO, days=30)) as running:
        yield running


@pytest.fixture
def account(stand_in: StandIn, database_url: str, tmp_path: Path) -> dict[str, str]:
    """What the user has written into the environment."""
    return {
        "DATABASE_URL": database_url,
        "LIFETRACER_HOME": str(tmp_path / "home"),
        "LIFETRACER_REPORT_DIR": str(tmp_path / "out"),
        "LIFETRACER_LOCALE": "en",
        "TOGGL_API_TOKEN": credentials.TOGGL_API_TOKEN,
        "TOGGL_API_URL": stand_in.toggl_url,
        "TOGGL_REPORTS_API_URL": stand_in.toggl_reports_url,
        "GOOGLE_CLIENT_ID": credentials.GOOGLE_CLIENT_ID,
        "GOOGLE_CLIENT_SECRET": credentials.GOOGLE_CLIENT_SECRET,
        "GOOGLE_REFRESH_TOKEN": credentials.GOOGLE_REFRESH_TOKEN,
        "GOOGLE_CALENDAR_API_URL": stand_in.calendar_url,
        "GOOGLE_TOKEN_URL": stand_in.token_url,
    }


@pytest.fixture
def pages(account: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefect_api: str) -> Iterator[Path]:
    """The folder of the pages, while flows that this process calls run for the user."""
    for name, value in account.items():
        monkeypatch.setenv(name, value)
    with use_prefect_api(prefect_api):
        yield tmp_path / "out"
