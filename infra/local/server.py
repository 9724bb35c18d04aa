"""The stand-ins on a port: one server that answers as Toggl, Google Calendar and Supabase Storage do."""

import asyncio
import socket
import struct
from collections import Counter
from threading import Thread
from time import monotonic, sleep
from types import TracebackType
from typing import Self

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from infra.local.faults import Faults
from infra.local.front import Front, Seen
from infra.local.google import CalendarApi
from infra.local.google_auth import GoogleAuth
from infra.local.google_consent import ConsentPage
from infra.local.google_switches import GoogleSwitches
from infra.local.google_token import TokenEndpoint
from infra.local.supabase_storage import Storage
from infra.local.toggl import TrackApi
from infra.local.toggl_door import Door
from infra.local.toggl_reports import ReportsApi
from infra.local.toggl_switches import TogglSwitches
from infra.local.world import World

_START_LIMIT_SECONDS = 10.0


class StandIn:
    """A running stand-in for one world: a context manager that serves in a thread on the loopback address.

    with StandIn(world) as stand_in:
        stand_in.world.track.delete_entry(entry_id)  # the person changes something
        stand_in.faults.add(Fault("/api/v9/me", "reset"))  # the service has a bad moment
        stand_in.toggl.quota_size = 5  # the plan is smaller
        stand_in.requests.clear()  # count requests from here on
    """

    def __init__(self, world: World, port: int = 0) -> None:
        self.world = world
        self.toggl = TogglSwitches()
        self.google = GoogleSwitches()
        self.google_auth = GoogleAuth(world.clock)
        self.toggl_door = Door(world.track, self.toggl)
        self.calendar_api = CalendarApi(world.agenda, self.google_auth, self.google)
        self.storage = Storage(world.clock)
        routes = [
            *TrackApi(world.track, self.toggl, self.toggl_door).routes(),
            *ReportsApi(world.track, self.toggl, self.toggl_door).routes(),
            *ConsentPage(self.google_auth).routes(),
            *TokenEndpoint(self.google_auth).routes(),
            *self.calendar_api.routes(),
            *self.storage.routes(),
        ]
        self._connections: dict[int, asyncio.Transport] = {}
        self.app = Front(Starlette(routes=routes), world.clock, self._tear_down)
        self._port = port

    @property
    def faults(self) -> Faults:
        """The misfortunes on order."""
        return self.app.faults

    @property
    def requests(self) -> list[Seen]:
        """Every request that arrived, in order, failed ones included."""
        return self.app.requests

    @property
    def statuses(self) -> Counter[int]:
        """How many answers there were of each status."""
        return self.app.statuses

    @property
    def url(self) -> str:
        """Where everything is served, without a slash at the end."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def toggl_url(self) -> str:
        """For `TOGGL_API_URL`."""
        return f"{self.url}/api/v9"

    @property
    def toggl_reports_url(self) -> str:
        """For `TOGGL_REPORTS_API_URL`."""
        return f"{self.url}/reports/api/v3"

    @property
    def calendar_url(self) -> str:
        """For `GOOGLE_CALENDAR_API_URL`."""
        return f"{self.url}/calendar/v3"

    @property
    def token_url(self) -> str:
        """For `GOOGLE_TOKEN_URL`."""
        return f"{self.url}/token"

    @property
    def auth_url(self) -> str:
        """For `GOOGLE_AUTH_URL`."""
        return f"{self.url}/o/oauth2/v2/auth"

    def __enter__(self) -> Self:
        listener = socket.create_server(("127.0.0.1", self._port))
        # Without it each answer waits 40 ms for the caller's delayed acknowledgement of its head.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._port = listener.getsockname()[1]
        self._server = uvicorn.Server(
            uvicorn.Config(
                self.app,
                http=_protocol(self._connections),
                ws="none",
                loop="asyncio",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=False,
                timeout_graceful_shutdown=1,
            )
        )
        self._thread = Thread(target=self._server.run, args=([listener],), name="stand-in", daemon=True)
        self._thread.start()
        self._wait_until_started()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join()
        self.calendar_api.channels.close()

    def _wait_until_started(self) -> None:
        deadline = monotonic() + _START_LIMIT_SECONDS
        while not self._server.started:
            if monotonic() > deadline or not self._thread.is_alive():
                msg = f"The stand-in did not start on port {self._port}."
                raise RuntimeError(msg)
            sleep(0.005)

    def _tear_down(self, caller_port: int) -> None:
        transport = self._connections[caller_port]
        # A socket that lingers for no time at all says goodbye with a reset.
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()


def _protocol(connections: dict[int, asyncio.Transport]) -> type[H11Protocol]:
    """HTTP that notes its open connections by the caller's port, so that one of them can be torn down."""

    class NotingProtocol(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
            super().connection_made(transport)
            connections[transport.get_extra_info("peername")[1]] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            connections.pop(self.transport.get_extra_info("peername")[1], None)
            super().connection_lost(exc)

    return NotingProtocol
