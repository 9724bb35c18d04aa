"""What every request to the stand-ins passes first: the log, the misfortunes on order, the headers of a proxy."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import format_datetime

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.local.clock import Clock
from infra.local.faults import Fault, Faults


@dataclass(frozen=True)
class Seen:
    """One request that arrived; `query` is as it stood in the address, still encoded."""

    method: str
    path: str
    query: str


@dataclass(frozen=True)
class Front:
    """An ASGI application around another; `tear_down` resets the connection that comes from a caller's port.

    `statuses` counts the answers by their status.
    """

    app: ASGIApp
    clock: Clock
    tear_down: Callable[[int], None]
    faults: Faults = field(default_factory=Faults)
    requests: list[Seen] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        path = scope["path"]
        self.requests.append(Seen(scope["method"], path, scope["query_string"].decode()))

        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.statuses[message["status"]] += 1
                headers = MutableHeaders(scope=message)
                headers["Date"] = format_datetime(self.clock(), usegmt=True)
                headers["Server"] = "nginx"
            await send(message)

        fault = self.faults.strike(path)
        if fault is None:
            await self.app(scope, receive, send_dated)
        else:
            await self._befall(fault, scope, receive, send_dated)

    async def _befall(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        match fault.kind:
            case "status":
                await Response(fault.body, fault.status, media_type=fault.media_type)(scope, receive, send)
            case "null":
                await Response("null", media_type="application/json")(scope, receive, send)
            case "truncated":
                await self.app(scope, receive, _HalfBody(send))
            case "slow":
                await asyncio.sleep(fault.seconds)
                await self.app(scope, receive, send)
            case "reset":
                self.tear_down(scope["client"][1])
                while (await receive())["type"] != "http.disconnect":
                    pass


class _HalfBody:
    """Sends an answer without the second half of its body, and with a length that says nothing of it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body", False):
            return
        half = self._body[: len(self._body) // 2]
        MutableHeaders(scope=self._start)["Content-Length"] = str(len(half))
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": half})
