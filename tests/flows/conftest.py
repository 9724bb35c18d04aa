"""A user whose accounts are at the stand-in, with a database and a folder for the pages of their own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from deployments.local_run import use_prefect_api
from infra.local.clock import TickingClock
from infra.local.life import live
from infra.local.server import StandIn
from tests.accounts import accounts_at

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
        **accounts_at(stand_in),
    }


@pytest.fixture
def pages(account: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefect_api: str) -> Iterator[Path]:
    """The folder of the pages, while flows that this process calls run for the user."""
    for name, value in account.items():
        monkeypatch.setenv(name, value)
    with use_prefect_api(prefect_api):
        yield tmp_path / "out"
