"""What the tests of the copy of Google's calendars share: how to sync, and what the account holds."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import psycopg
from pydantic import SecretStr

from infra.local import credentials
from infra.local.agenda import Agenda, Event, instant
from infra.local.clock import ManualClock
from infra.local.google_json import event_json
from infra.local.habits import PRIMARY, STUDY, WORK
from infra.local.server import StandIn
from tasks import google_calendar
from tasks.google_calendar import CalendarClient
from tasks.raw import SyncSummary
from tasks.settings import GoogleAccess
from tests.tasks.conftest import TOKYO

EVENTS = "google_calendar__events"
SELECTED = (PRIMARY, WORK, STUDY)

Sync = Callable[..., SyncSummary]


def access_to(stand_in: StandIn) -> GoogleAccess:
    """The invented account, as its owner would set it up."""
    return GoogleAccess(
        credentials.GOOGLE_CLIENT_ID,
        SecretStr(credentials.GOOGLE_CLIENT_SECRET),
        SecretStr(credentials.GOOGLE_REFRESH_TOKEN),
        service_account_file=None,
        calendar_ids=(),
        calendar_url=stand_in.calendar_url,
        token_url=stand_in.token_url,
    )


def syncing(stand_in: StandIn, connection: psycopg.Connection) -> Sync:
    """A way to sync now by the stand-in's clock; waiting takes no time."""

    def sync(access: GoogleAccess | None = None) -> SyncSummary:
        access = access or access_to(stand_in)
        client = CalendarClient(access, sleep=lambda _seconds: None)
        return google_calendar.sync(connection, access, now=stand_in.world.clock(), client=client)

    return sync


def events_of(agenda: Agenda, *calendar_ids: str) -> dict[str, dict[str, object]]:
    """The events that these calendars hold, as the service writes them, by the id under which they are stored."""
    return {
        f"{calendar_id}:{event.id}": event_json(event, agenda, ZoneInfo(agenda.calendars[calendar_id].time_zone))
        | {"_calendar_id": calendar_id}
        for calendar_id in calendar_ids
        for event in agenda.occurrences(calendar_id)
        if event.status != "cancelled"
    }


def coming(agenda: Agenda, calendar_id: str, clock: ManualClock, *, repeated: bool) -> list[Event]:
    """Live timed events from tomorrow on: occurrences of series, or single ones."""
    return [
        event
        for event in agenda.occurrences(calendar_id)
        if event.status != "cancelled"
        and (event.series_id is not None) == repeated
        and instant(event.start, TOKYO) > clock() + timedelta(days=1)
    ]


def source_id(event: Event) -> str:
    return f"{event.calendar_id}:{event.id}"
