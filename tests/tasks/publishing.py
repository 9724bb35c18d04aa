"""A page to deliver, and readers on this machine: a web service that takes messages, and a mail server."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from deployments.prefect_server import free_port
from tasks.report.daily import build_report
from tasks.report.files import write_report
from tasks.report.making import Page
from tests.reports.days import MONDAY, TOKYO, a_day

SECRET = "hush-0b83d9"


def a_page(folder: Path, day: date = MONDAY, **sheet: object) -> Page:
    """The page of a believable day on the disk; `sheet` overrides what it says by name."""
    marts = a_day(day=day)
    made = marts.day.day_end + timedelta(minutes=2)
    report = build_report(marts, zone=TOKYO, locale="en", generated_at=made).model_copy(update=sheet)
    return Page(write_report(report, folder), report)


@dataclass
class WebService:
    """What takes messages at `url`, as Apprise's json:// sends them; the next ones are answered with `statuses`."""

    url: str
    statuses: list[int] = field(default_factory=list)
    messages: list[dict[str, object]] = field(default_factory=list)
    requests: int = 0


@contextmanager
def web_service() -> Iterator[WebService]:
    """Such a service on the loopback address; its URL holds a secret."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            service.requests += 1
            status = service.statuses.pop(0) if service.statuses else 200
            if status < 300:
                service.messages.append(json.loads(content))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as http.server has it
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service = WebService(f"json://me:{SECRET}@127.0.0.1:{server.server_port}/{SECRET}")
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield service
        server.shutdown()
        thread.join()


@dataclass
class MailServer:
    """A mail server at `port` that takes `SECRET` as anybody's password.

    It refuses `strangers`, and answers the next letters with `answers` instead of taking them.
    """

    port: int
    strangers: set[str] = field(default_factory=set)
    answers: list[str] = field(default_factory=list)
    tries: int = 0
    envelopes: list[Envelope] = field(default_factory=list)

    @property
    def letters(self) -> list[EmailMessage]:
        """What has arrived, parsed."""
        contents = (envelope.content for envelope in self.envelopes)
        return [
            message_from_bytes(content, EmailMessage, policy=policy.default)
            for content in contents
            if isinstance(content, bytes)
        ]

    async def handle_RCPT(  # noqa: N802 - as aiosmtpd has it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take or refuse a recipient."""
        if address in self.strangers:
            return "550 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take or refuse a letter."""
        self.tries += 1
        if self.answers:
            return self.answers.pop(0)
        self.envelopes.append(envelope)
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Such a server on the loopback address, with sign-in."""

    def authenticated(
        _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword
    ) -> AuthResult:
        return AuthResult(success=data.password == SECRET.encode(), handled=False)

    server = MailServer(free_port())
    controller = Controller(
        server, hostname="127.0.0.1", port=server.port, authenticator=authenticated, auth_require_tls=False
    )
    controller.start()
    yield server
    controller.stop()
