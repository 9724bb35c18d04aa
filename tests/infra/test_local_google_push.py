"""The stand-in for Google tells whoever watches a calendar that something has changed, until the channel is closed."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import quote

import httpx
import pytest

from infra.local.clock import ManualClock
from infra.local.habits import PRIMARY, WORK
from infra.local.server import StandIn
from tests.infra.conftest import NOW
from tests.infra.listing import reason

WATCH = f"/calendars/{quote(PRIMARY)}/events/watch"


class Receiver:
    """Whom the notifications go to: an address, and the heads of what arrived there."""

    def __init__(self) -> None:
        heads = self.heads = SimpleQueue[dict[str, str]]()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                heads.put({name.lower(): value for name, value in self.headers.items()})
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
                """Keep silent."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/hook"

    def next(self) -> dict[str, str]:
        """The head of the next notification."""
        return self.heads.get(timeout=5)

    def is_left_alone(self) -> bool:
        """Whether nothing more comes."""
        try:
            self.heads.get(timeout=0.3)
        except Empty:
            return True
        return False


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = Thread(target=receiver.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield receiver
    receiver.server.shutdown()
    thread.join()
    receiver.server.server_close()


def channel(receiver: Receiver, **fields: object) -> dict[str, object]:
    return {"id": "my-channel", "type": "web_hook", "address": receiver.address, "token": "secret"} | fields


def test_a_channel_says_hello_and_then_that_something_changed(
    stand_in: StandIn, calendar: httpx.Client, receiver: Receiver
) -> None:
    opened = calendar.post(WATCH, json=channel(receiver)).json()
    hello = receiver.next()
    stand_in.world.agenda.add_event(WORK, "elsewhere", NOW, NOW)
    stand_in.world.agenda.add_event(PRIMARY, "here", NOW, NOW)
    change = receiver.next()
    assert opened["expiration"] == str(int(NOW.timestamp() + 604_800) * 1000)
    assert (hello["x-goog-resource-state"], hello["x-goog-message-number"]) == ("sync", "1")
    assert (change["x-goog-resource-state"], change["content-length"]) == ("exists", "0")
    for head in (hello, change):
        assert head["x-goog-channel-id"] == "my-channel"
        assert head["x-goog-channel-token"] == "secret"
        assert head["x-goog-resource-id"] == opened["resourceId"]
        assert head["x-goog-channel-expiration"] == "Mon, 16 Mar 2026 05:23:05 GMT"
    assert receiver.is_left_alone()


def test_the_calendar_list_can_be_watched(stand_in: StandIn, calendar: httpx.Client, receiver: Receiver) -> None:
    calendar.post("/users/me/calendarList/watch", json=channel(receiver)).raise_for_status()
    assert receiver.next()["x-goog-resource-state"] == "sync"
    stand_in.world.agenda.edit_calendar(WORK, selected=False)
    assert receiver.next()["x-goog-resource-state"] == "exists"


def test_a_stopped_channel_is_silent(stand_in: StandIn, calendar: httpx.Client, receiver: Receiver) -> None:
    opened = calendar.post(WATCH, json=channel(receiver)).json()
    receiver.next()
    ids = {"id": opened["id"], "resourceId": opened["resourceId"]}
    assert reason(calendar.post("/channels/stop", json=ids | {"resourceId": "other"})) == (404, "notFound")
    assert calendar.post("/channels/stop", json=ids).status_code == 204
    stand_in.world.agenda.add_event(PRIMARY, "here", NOW, NOW)
    assert receiver.is_left_alone()
    assert calendar.post("/channels/stop", json=ids).status_code == 404


def test_a_channel_ends_by_itself(
    stand_in: StandIn, calendar: httpx.Client, receiver: Receiver, clock: ManualClock
) -> None:
    calendar.post(WATCH, json=channel(receiver, params={"ttl": "60"})).raise_for_status()
    receiver.next()
    clock.advance(seconds=61)
    stand_in.world.agenda.add_event(PRIMARY, "here", NOW, NOW)
    assert receiver.is_left_alone()


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"address": "https://hook.example.test/gcal"}, "invalid"),
        ({"type": "carrier pigeon"}, "invalid"),
        ({"id": "x" * 65}, "invalid"),
        ({"id": None}, "required"),
        ({"token": "x" * 257}, "invalid"),
        ({"params": {"ttl": "long"}}, "invalid"),
    ],
)
def test_senseless_channels_are_refused(
    calendar: httpx.Client, receiver: Receiver, fields: dict[str, object], why: str
) -> None:
    assert reason(calendar.post(WATCH, json=channel(receiver, **fields))) == (400, why)


def test_a_channel_s_id_is_used_once(calendar: httpx.Client, receiver: Receiver) -> None:
    calendar.post(WATCH, json=channel(receiver)).raise_for_status()
    assert reason(calendar.post(WATCH, json=channel(receiver))) == (400, "channelIdNotUnique")
    assert reason(httpx.post(f"{calendar.base_url}{WATCH.lstrip('/')}", json=channel(receiver))) == (401, "authError")
