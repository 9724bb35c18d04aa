"""A listener on the loopback address for the one visit by which a browser brings Google's answer to a consent.

google-auth-oauthlib has one of its own, which serves a single request: a browser's connection in advance, its wish for
/favicon.ico or a reload of an old tab takes the place of the answer, and with no timeout on a connection that says
nothing it waits for ever. It also tells the person that all went well before it knows.

    with Loopback() as loopback:
        visit = loopback.wait(300)             # send the browser to a page that redirects to loopback.redirect_uri
        visit.answer("<h1>Thank you</h1>")

Source: RFC 8252, sections 7.3 and 8.3.
"""

from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from queue import Empty, Queue
from socketserver import ThreadingTCPServer
from threading import Event, Thread
from typing import Self
from urllib.parse import parse_qs, urlsplit

from tasks.errors import InputError

_HOST = "127.0.0.1"
_SILENCE_SECONDS = 10
_ANSWER_SECONDS = 120
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    # The address holds the code.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Visit:
    """A browser that came back with Google's answer, `query`, and waits for a page."""

    def __init__(self, query: Mapping[str, str]) -> None:
        self.query = query
        self._page = ""
        self._answered = Event()
        self._shown = Event()

    def answer(self, page: str) -> None:
        """Show an HTML page in the browser; returns when it is on its way."""
        self._page = page
        self._answered.set()
        self._shown.wait(_SILENCE_SECONDS)

    def page(self) -> str:
        """The page to show, once it is known; for the listener."""
        self._answered.wait(_ANSWER_SECONDS)
        return self._page

    def shown(self) -> None:
        """Note that the page was sent, or cannot be; for the listener."""
        self._shown.set()


class Loopback:
    """The listener, while its context lasts; `port` 0 is any free one. InputError when the port cannot be had."""

    def __init__(self, port: int = 0) -> None:
        self._visits: Queue[Visit] = Queue()
        try:
            self._server = _Server((_HOST, port), _handler(self._visits))
        except OSError as error:
            raise InputError(
                f"Port {port} of {_HOST} cannot be used: {(error.strerror or 'unknown reason').lower()}.",
                "Choose another one with --port, or leave it away for any that is free.",
            ) from None

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    @property
    def redirect_uri(self) -> str:
        """Where a consent page is to send the browser back to."""
        return f"http://{_HOST}:{self.port}/"

    def wait(self, seconds: float) -> Visit | None:
        """The first visit that brings an answer, or None when none came in time."""
        try:
            return self._visits.get(timeout=seconds)
        except Empty:
            return None

    def __enter__(self) -> Self:
        self._thread = Thread(target=self._server.serve_forever, args=(0.1,), name="loopback", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingTCPServer):
    """One thread per connection, so that a silent one keeps nobody waiting."""

    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing of a browser that went away."""


def _handler(visits: Queue[Visit]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _SILENCE_SECONDS

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(address.query).items()}
            if address.path != "/" or "state" not in query:
                self.send_error(404)
                return
            visit = Visit(query)
            visits.put(visit)
            try:
                self._show(visit.page().encode())
            finally:
                visit.shown()

        def _show(self, page: bytes) -> None:
            self.send_response(200)
            for name, value in _HEADERS.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            """Say nothing: the address holds the code."""

    return Handler
