"""A user whose accounts are at the stand-in, with a database and a folder for the pages of their own."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from deployments.local_run import use_prefect_api
from infra.local import credentials
from infra.local.clock import TickingClock
from infra.local.life import live
from infra.local.server import StandIn
from tests.accounts import accounts_at
from tests.tasks.publishing import SECRET, MailServer, WebService, mail_server, web_service

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


@pytest.fixture
def web() -> Iterator[WebService]:
    with web_service() as service:
        yield service


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def delivered_pages(
    pages: Path, stand_in: StandIn, web: WebService, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The folder of the pages of a user who has a bucket, a web service and a mailbox."""
    letters = f"mailto://me:{SECRET}@127.0.0.1:{mail.port}/?from=me@home.test&to=me@home.test&mode=insecure"
    monkeypatch.setenv("SUPABASE_URL", stand_in.url)
    monkeypatch.setenv("SUPABASE_SERVICE_ROLE_KEY", credentials.SUPABASE_SERVICE_ROLE_KEY)
    monkeypatch.setenv("NOTIFY_URLS", f"{web.url},{letters}")
    return pages


def everything_in(prefect_api: str) -> str:
    """All that Prefect knows of its runs."""
    with httpx.Client(base_url=prefect_api, timeout=30) as api:
        asked = [(kind, 200) for kind in ("flow_runs", "task_runs", "artifacts", "logs")]
        return json.dumps([api.post(f"/{kind}/filter", json={"limit": limit}).json() for kind, limit in asked])
