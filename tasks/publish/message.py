"""Messages through Apprise: the gist in three lines, the link, and the picture where the service can show one."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from tasks.apprise_urls import LOG
from tasks.errors import DeliveryError
from tasks.publish.channel import Links, PassingError, Patience
from tasks.report.lettering import language
from tasks.report.making import Page
from tasks.report.page import Sheet

if TYPE_CHECKING:
    from apprise import NotifyBase

# How nearly every plugin of Apprise ends the line in which it tells of a refusal.
_STATUS = re.compile(r"\berror=(\d{3})\b")


@dataclass
class Messenger:
    """One service of NOTIFY_URLS; `name` is its scheme, with a number from the second one of the same scheme on."""

    service: "NotifyBase" = field(repr=False)
    name: str
    patience: Patience

    keeps: ClassVar[bool] = False

    @property
    def title(self) -> str:
        """The service's name."""
        return self.patience.title

    def deliver(self, page: Page, links: Links | None = None) -> None:
        """Send the message; DeliveryError, which tells nothing of the address, when the service does not take it."""
        self.patience.last(lambda: self._send(page, links))

    def _send(self, page: Page, links: Links | None) -> None:
        from apprise import Apprise, AppriseAttachment, NotifyFormat
        from apprise.attachment.memory import AttachMemory

        apprise = Apprise()
        apprise.add(self.service)
        picture = AttachMemory(  # type: ignore[no-untyped-call]
            page.picture.read_bytes(), name=page.picture.name, mimetype="image/png"
        )
        with _status_of_refusal() as refused:
            # As text, so that a service that speaks some markup shows it as it stands.
            sent = apprise.notify(
                body=in_words(page.sheet, links),
                title=page.sheet.title,
                body_format=NotifyFormat.TEXT,
                attach=AppriseAttachment([picture]),
            )
        if sent:
            return
        status = refused[-1] if refused else 0
        if 400 <= status < 500 and status not in {408, 425, 429}:
            raise DeliveryError(
                f"{self.title} refuses the message ({status}).", f"Check the {self.name}:// address in NOTIFY_URLS."
            )
        raise PassingError(f"did not take the message ({status})" if status else "did not take the message")


def in_words(sheet: Sheet, links: Links | None) -> str:
    """The gist line by line, what the reader must know, and where the page opens."""
    words = language(sheet.locale)
    opened = [words.message["open_at"].format(link=links.page)] if links else []
    return "\n".join([*sheet.gist, *sheet.notices, *opened])


@contextmanager
def _status_of_refusal() -> Iterator[list[int]]:
    """The HTTP statuses that services answer with while the context lasts, which Apprise tells to its log alone."""
    statuses: list[int] = []

    def listen(record: logging.LogRecord) -> bool:
        statuses.extend(int(status) for status in _STATUS.findall(record.getMessage()))
        return True

    # Before the filter that lets nothing out.
    LOG.filters.insert(0, listen)
    try:
        yield statuses
    finally:
        LOG.removeFilter(listen)
