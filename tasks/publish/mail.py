"""Mail: the gist as a short letter with the picture in it and the page attached, to where a mailto:// address says.

Apprise reads the address, so that users, ports and modes mean what its manual says. It does not send the letter: one
of its own has no plain text that a watch could show, and files the page among the pictures.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from functools import cache
from typing import TYPE_CHECKING, ClassVar, Never, Self

from tasks.errors import DeliveryError
from tasks.publish.channel import Links, PassingError, Patience
from tasks.publish.log import checksum
from tasks.publish.message import in_words
from tasks.report.lettering import ROOM, language
from tasks.report.making import Page

if TYPE_CHECKING:
    from apprise.plugins.email.base import NotifyEmail
    from jinja2 import Template

ANSWER_WITHIN_SECONDS = 60.0
TITLE = "The mail server"


@dataclass(frozen=True)
class Postage:
    """What a mailto:// address says: the server, how to get in (`mode` as Apprise has it), who writes, and to whom."""

    host: str
    port: int
    mode: str
    verifies: bool
    user: str
    password: str = field(repr=False)
    sender: tuple[str, str]
    """Name and address, as each recipient."""
    to: tuple[tuple[str, str], ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    reply_to: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, service: "NotifyEmail") -> Self:
        """What Apprise has read."""
        name, address = service.from_addr
        return cls(
            host=str(service.smtp_host),
            port=int(service.port or 0),
            mode=str(service.secure_mode),
            verifies=bool(service.verify_certificate),
            user=str(service.user or ""),
            password=str(service.password or ""),
            sender=(str(name or "lifetracer"), str(address)),
            to=tuple((str(name or ""), str(address)) for name, address in service.targets),
            cc=tuple(sorted(service.cc)),
            bcc=tuple(sorted(service.bcc)),
            reply_to=tuple(sorted(service.reply_to)),
            headers=tuple((str(name), _one_line(str(value))) for name, value in service.headers.items()),
        )

    @property
    def recipients(self) -> list[str]:
        """The addresses that the server is told."""
        return [*(address for _, address in self.to), *self.cc, *self.bcc]


@dataclass
class Mailbox:
    """The recipients of one mailto:// address, and the server that it names."""

    postage: Postage = field(repr=False)
    name: str
    patience: Patience

    title: ClassVar[str] = TITLE
    keeps: ClassVar[bool] = False

    def deliver(self, page: Page, links: Links | None = None) -> None:
        """Send the letter; DeliveryError, which tells nothing of the address, when the server does not take it."""
        letter = compose(page, links, self.postage)
        self.patience.last(lambda: self._send(letter))

    def _send(self, letter: EmailMessage) -> None:
        recipients = self.postage.recipients
        with _faults_explained(), _signed_in(self.postage) as server:
            refused = server.send_message(letter, self.postage.sender[1], recipients)
        if refused:
            raise DeliveryError(
                f"{TITLE} refuses {len(refused)} of {len(recipients)} recipients; the others have the mail.",
                "Correct the recipients of the mailto:// address in NOTIFY_URLS.",
            )


@contextmanager
def _signed_in(postage: Postage) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context()
    if not postage.verifies:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    server = (
        smtplib.SMTP_SSL(postage.host, postage.port, timeout=ANSWER_WITHIN_SECONDS, context=context)
        if postage.mode == "ssl"
        else smtplib.SMTP(postage.host, postage.port, timeout=ANSWER_WITHIN_SECONDS)
    )
    try:
        if postage.mode == "starttls":
            server.starttls(context=context)
        if postage.user and postage.password:
            server.login(postage.user, postage.password)
        yield server
    finally:
        # What was taken is sent, however the server says goodbye.
        with suppress(OSError, smtplib.SMTPException):
            server.quit()


def compose(page: Page, links: Links | None, postage: Postage) -> EmailMessage:
    """The letter: plain text, the same in HTML with the picture inside, and the PDF attached."""
    sheet = page.sheet
    # The same page makes the same id, so that a letter sent twice after a lost answer shows once.
    stem = f"{page.path.stem}.{checksum(page.path)[:16]}"
    letter = EmailMessage(policy=SMTP)
    letter["Subject"] = _one_line(": ".join([sheet.title, *sheet.gist[:1]]))
    letter["From"] = formataddr(postage.sender)
    letter["To"] = ", ".join(map(formataddr, postage.to))
    letter["Date"] = format_datetime(sheet.generated_at)
    letter["Message-ID"] = f"<lifetracer.{stem}@{postage.sender[1].rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    more = {"Cc": ", ".join(postage.cc), "Reply-To": ", ".join(postage.reply_to), **dict(postage.headers)}
    for header, value in more.items():
        del letter[header]
        if value:
            letter[header] = value
    letter.set_content(in_words(sheet, links))
    letter.add_alternative(in_html(page, links, picture=f"cid:{stem}"), subtype="html")
    html = letter.get_body(("html",))
    assert isinstance(html, EmailMessage)  # noqa: S101 - a typing aid, it was added above
    html.add_related(page.picture.read_bytes(), "image", "png", cid=f"<{stem}>", filename=page.picture.name)
    letter.add_attachment(page.path.read_bytes(), "application", "pdf", filename=page.path.name)
    return letter


def in_html(page: Page, links: Links | None, *, picture: str) -> str:
    """The letter as HTML, with the picture at the address `picture`; strings cannot act as markup."""
    sheet = page.sheet
    return _template().render(sheet=sheet, words=language(sheet.locale).message, links=links, picture=picture)


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    room = Environment(
        loader=FileSystemLoader(ROOM), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return room.get_template("mail.html.j2")


@contextmanager
def _faults_explained() -> Iterator[None]:
    """Raise PassingError for what may pass by itself, and DeliveryError for what the server means."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        _explain(max(code for code, _ in error.recipients.values()), "the recipients")
    except smtplib.SMTPAuthenticationError as error:
        _explain(error.smtp_code, "user name or password", "A mailbox with two-step sign-in wants an app password.")
    except smtplib.SMTPServerDisconnected:
        raise PassingError("broke off its answer") from None
    except smtplib.SMTPResponseException as error:
        _explain(error.smtp_code, "the mail")
    except ssl.SSLCertVerificationError:
        raise DeliveryError(
            f"{TITLE} shows a certificate that cannot be verified.",
            "Check the host of the mailto:// address in NOTIFY_URLS.",
        ) from None
    except (smtplib.SMTPNotSupportedError, ssl.SSLError):
        raise DeliveryError(
            f"{TITLE} does not offer the encryption or sign-in that the mailto:// address asks for.",
            "Check its port and its mode= in NOTIFY_URLS.",
        ) from None
    except TimeoutError:
        raise PassingError("did not answer in time") from None
    except (OSError, smtplib.SMTPException):
        raise PassingError("could not be reached") from None


def _explain(code: int, what: str, hint: str = "") -> Never:
    if code < 500:
        raise PassingError(f"answered {code}") from None
    cure = f"Check the mailto:// address in NOTIFY_URLS. {hint}".strip()
    raise DeliveryError(f"{TITLE} refuses {what} ({code}).", cure) from None


def _one_line(text: str) -> str:
    return " ".join(text.split())
