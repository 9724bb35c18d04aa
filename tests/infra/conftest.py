"""Stand-ins to ask: one that the module's tests only read, and a fresh one for those that change the world."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import httpx
import pytest

from infra.local import credentials
from infra.local.clock import ManualClock
from infra.local.life import live
from infra.local.server import StandIn

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 3, 9, 14, 23, 5, tzinfo=TOKYO)
BASIC = (credentials.TOGGL_API_TOKEN, "api_token")
GRANT = {
    "grant_type": "refresh_token",
    "client_id": credentials.GOOGLE_CLIENT_ID,
    "client_secret": credentials.GOOGLE_CLIENT_SECRET,
    "refresh_token": credentials.GOOGLE_REFRESH_TOKEN,
}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture(scope="module")
def shared() -> Iterator[StandIn]:
    """A stand-in that no test of the module changes, with quota for all of them."""
    with StandIn(live(7, ManualClock(NOW), TOKYO)) as stand_in:
        stand_in.toggl.quota_size = 10_000
        yield stand_in


@pytest.fixture
def stand_in(clock: ManualClock) -> Iterator[StandIn]:
    """A stand-in of the test's own, with a short history."""
    with StandIn(live(7, clock, TOKYO, days=12)) as stand_in:
        yield stand_in


def toggl_client(stand_in: StandIn) -> httpx.Client:
    """Toggl Track, signed in."""
    return httpx.Client(base_url=stand_in.toggl_url, auth=BASIC)


def calendar_client(stand_in: StandIn) -> httpx.Client:
    """Google Calendar, signed in."""
    token = httpx.post(stand_in.token_url, data=GRANT).json()["access_token"]
    return httpx.Client(base_url=stand_in.calendar_url, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def toggl(stand_in: StandIn) -> Iterator[httpx.Client]:
    with toggl_client(stand_in) as client:
        yield client


@pytest.fixture
def calendar(stand_in: StandIn) -> Iterator[httpx.Client]:
    with calendar_client(stand_in) as client:
        yield client
