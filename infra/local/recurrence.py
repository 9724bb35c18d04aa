"""How an event repeats: the days on which it falls, and the rule as RFC 5545 writes it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol, Self

_DAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Rule(Protocol):
    """What a series needs to know of its repetition; `last` is the last date that it may fall on, None is never."""

    @property
    def last(self) -> date | None:
        """The last date, included; None for a series without an end."""
        ...

    def days(self, first: date) -> Iterator[date]:
        """The dates from `first` on, in order; without a last one they never end."""
        ...

    def text(self) -> str:
        """The rule as it stands in an event's `recurrence`."""
        ...

    def ending(self, last: date) -> Self:
        """The same rule up to and including another last date."""
        ...


@dataclass(frozen=True)
class Weekly:
    """Every week on these weekdays (Monday is 0), up to and including the date `last`."""

    weekdays: frozenset[int]
    last: date | None = None

    def days(self, first: date) -> Iterator[date]:
        """The dates from `first` on that are one of the weekdays."""
        return (day for day in _dates(first, self.last, 1) if day.weekday() in self.weekdays)

    def text(self) -> str:
        """`RRULE:FREQ=WEEKLY`, its end and its weekdays."""
        codes = ",".join(_DAY_CODES[weekday] for weekday in sorted(self.weekdays))
        return f"RRULE:FREQ=WEEKLY{_until(self.last)};BYDAY={codes}"

    def ending(self, last: date) -> Self:
        """The same weekdays up to another last date."""
        return replace(self, last=last)


@dataclass(frozen=True)
class Daily:
    """Every so many days, up to and including the date `last`."""

    last: date | None = None
    every: int = 1

    def days(self, first: date) -> Iterator[date]:
        """The dates from `first` on."""
        return _dates(first, self.last, self.every)

    def text(self) -> str:
        """`RRULE:FREQ=DAILY`, its end and its interval."""
        interval = f";INTERVAL={self.every}" if self.every > 1 else ""
        return f"RRULE:FREQ=DAILY{_until(self.last)}{interval}"

    def ending(self, last: date) -> Self:
        """The same interval up to another last date."""
        return replace(self, last=last)


def _dates(first: date, last: date | None, every: int) -> Iterator[date]:
    for ordinal in range(first.toordinal(), (last or date.max).toordinal() + 1, every):
        yield date.fromordinal(ordinal)


def _until(last: date | None) -> str:
    return "" if last is None else f";UNTIL={last:%Y%m%d}T235959Z"
