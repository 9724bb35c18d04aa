"""What a way to the readers is to the rest of lifetracer, and how each of them tries again what may pass by itself."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from tasks.errors import DeliveryError
from tasks.report.making import Page

TRIES = 4
FIRST_WAIT_SECONDS = 1.0

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Links:
    """Addresses under which a page and its picture open, without a key and for a limited time, for whoever has them."""

    page: str
    picture: str


class Channel(Protocol):
    """One way to the readers.

    One that `keeps` pages gets every page, and again whenever it has changed; the others only tell of the newest.
    """

    @property
    def name(self) -> str:
        """Its key in `marts.report_log`."""

    @property
    def title(self) -> str:
        """What people call it."""

    @property
    def keeps(self) -> bool:
        """Whether it holds pages."""

    def deliver(self, page: Page, links: Links | None, /) -> Links | None:
        """Bring the page, which may be opened under `links`; gives such links if it makes any. DeliveryError if not."""


class PassingError(Exception):
    """What went wrong may pass by itself; `reason` goes on from the channel's title."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Patience:
    """How a channel tries: up to `TRIES` times, each wait twice the one before. `sleep` is given by tests."""

    title: str
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    def last(self, attempt: Callable[[], _Result]) -> _Result:
        """Give what `attempt` gives as soon as it raises no PassingError; DeliveryError when it always does."""
        for tried in range(1, TRIES + 1):
            try:
                return attempt()
            except PassingError as error:
                fault = error
            if tried < TRIES:
                self.sleep(FIRST_WAIT_SECONDS * 2 ** (tried - 1))
        raise DeliveryError(
            f"{self.title} {fault.reason}, {TRIES} times in a row.",
            "The page is on the disk; the next run tries again.",
        )
