"""Google's push notifications: channels that say, by a POST without a body, that something has changed."""

import contextlib
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count
from json import JSONDecodeError, loads
from urllib.parse import quote, urlsplit

import httpx
from starlette.responses import Response

from infra.local.agenda import CALENDAR_LIST, Agenda
from infra.local.google_refusals import refuse, refuse_value
from infra.local.wire import Ask, JsonObject, json_response

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_LIFE_SECONDS = 604_800
_CHANNEL_ID = re.compile(r"[A-Za-z0-9_+/=-]{1,64}")
_LONGEST_TOKEN = 256
_SEND_LIMIT_SECONDS = 5.0


@dataclass(frozen=True)
class Channel:
    """Whom to tell of changes to a calendar, or to the calendar list, and until when."""

    id: str
    calendar_id: str
    resource_id: str
    resource_uri: str
    address: str
    token: str | None
    expires: datetime


class Channels:
    """The channels that were opened; an address off this machine is refused.

    Source: Google Calendar API guide, "Push notifications".
    """

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self._open: dict[str, Channel] = {}
        self._numbers = count(1)
        self._post = ThreadPoolExecutor(max_workers=1, thread_name_prefix="stand-in-push")
        agenda.listeners.append(self._tell)

    def watch(self, ask: Ask, calendar_id: str = CALENDAR_LIST) -> Response:
        """Open a channel on a calendar's events, or on the calendar list, and send its first message."""
        body = _body(ask)
        channel_id, address = _text(body, "id"), _text(body, "address")
        if not _CHANNEL_ID.fullmatch(channel_id):
            refuse_value("id", channel_id)
        if channel_id in self._open:
            refuse(400, "channelIdNotUnique", f"Channel id {channel_id} not unique", domain="global")
        if body.get("type") != "web_hook":
            refuse_value("type", str(body.get("type")))
        if urlsplit(address).scheme not in {"http", "https"} or urlsplit(address).hostname not in _LOOPBACK:
            refuse_value("address", address)
        token = _text(body, "token") if "token" in body else None
        if token is not None and len(token) > _LONGEST_TOKEN:
            refuse_value("token", token)
        watched = f"calendars/{quote(calendar_id, safe='')}/events" if calendar_id else "users/me/calendarList"
        channel = Channel(
            channel_id,
            calendar_id,
            resource_id=f"resource-{quote(calendar_id, safe='')}",
            resource_uri=f"https://calendar.example.test/calendar/v3/{watched}?alt=json",
            address=address,
            token=token,
            expires=self._expiry(body),
        )
        self._open[channel_id] = channel
        self._send(channel, "sync")
        answer: JsonObject = {
            "kind": "api#channel",
            "id": channel.id,
            "resourceId": channel.resource_id,
            "resourceUri": channel.resource_uri,
            "expiration": str(int(channel.expires.timestamp() * 1000)),
        }
        return json_response(answer if token is None else answer | {"token": token})

    def stop(self, ask: Ask) -> Response:
        """Close a channel; both of its ids must be right."""
        body = _body(ask)
        channel = self._open.get(_text(body, "id"))
        if channel is None or channel.resource_id != _text(body, "resourceId"):
            refuse(404, "notFound", f"Channel '{body['id']}' not found for project", domain="global")
        del self._open[channel.id]
        return Response(status_code=204)

    def close(self) -> None:
        """Close every channel."""
        self._open.clear()

    def _expiry(self, body: JsonObject) -> datetime:
        now = self._agenda.clock()
        latest = now + timedelta(seconds=_LIFE_SECONDS)
        parameters = body.get("params", {})
        life = parameters.get("ttl") if isinstance(parameters, dict) else None
        if life is not None:
            return min(latest, now + timedelta(seconds=_whole("ttl", life)))
        if "expiration" in body:
            return min(latest, datetime.fromtimestamp(_whole("expiration", body["expiration"]) / 1000, UTC))
        return latest

    def _tell(self, calendar_id: str) -> None:
        for channel in list(self._open.values()):
            if channel.calendar_id == calendar_id and self._agenda.clock() < channel.expires:
                self._send(channel, "exists")

    def _send(self, channel: Channel, state: str) -> None:
        headers = {
            "X-Goog-Channel-ID": channel.id,
            "X-Goog-Channel-Expiration": format_datetime(channel.expires, usegmt=True),
            "X-Goog-Resource-ID": channel.resource_id,
            "X-Goog-Resource-URI": channel.resource_uri,
            "X-Goog-Resource-State": state,
            "X-Goog-Message-Number": str(1 if state == "sync" else next(self._numbers) * 7),
        }
        if channel.token is not None:
            headers["X-Goog-Channel-Token"] = channel.token
        self._post.submit(_post, channel.address, headers)


def _post(address: str, headers: dict[str, str]) -> None:
    """Send one message; nobody is told when it does not arrive."""
    with contextlib.suppress(httpx.HTTPError):
        httpx.post(address, headers=headers, timeout=_SEND_LIMIT_SECONDS)


def _body(ask: Ask) -> JsonObject:
    try:
        body = loads(ask.body)
    except (JSONDecodeError, UnicodeDecodeError):
        body = None
    if not isinstance(body, dict):
        refuse(400, "parseError", "Parse Error", domain="global")
    return body


def _text(body: JsonObject, name: str) -> str:
    value = body.get(name)
    if value is None:
        refuse(400, "required", f"Required: {name}", domain="global")
    if not isinstance(value, str):
        refuse_value(name, str(value))
    return value


def _whole(name: str, value: object) -> int:
    """A number that may be written as text, as JSON's 64-bit integers are."""
    if not re.fullmatch(r"\d{1,15}", str(value)):
        refuse_value(name, str(value))
    return int(str(value))
