"""Periods of whole local days: cut into pieces, and taken away from each other."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise

from pydantic import BaseModel

DAY = timedelta(days=1)


class Period(BaseModel, frozen=True):
    """The days from `first` to `last`, both included, in the zone of the user's Toggl profile."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"

    @property
    def days(self) -> int:
        """How many days there are."""
        return (self.last - self.first).days + 1

    def holds(self, day: date) -> bool:
        """Whether the day is one of them."""
        return self.first <= day <= self.last

    def overlap(self, other: "Period") -> "Period | None":
        """The days that belong to both."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Period(first=first, last=last) if first <= last else None

    def until(self, day: date) -> "Period | None":
        """Those of the days that are not later than `day`."""
        return self.overlap(Period(first=min(self.first, day), last=day))

    def after(self, day: date) -> "Period | None":
        """Those of the days that are later than `day`."""
        return self.overlap(Period(first=day + DAY, last=max(self.last, day + DAY)))

    def widened(self) -> "Period":
        """The same with a day more on either side."""
        return Period(first=self.first - DAY, last=self.last + DAY)

    def pieces(self, most_days: int) -> "list[Period]":
        """As few consecutive pieces as it takes, of nearly equal length and at most so many days each."""
        count = -(-self.days // most_days)
        bounds = [self.first + DAY * (self.days * number // count) for number in range(count + 1)]
        return [Period(first=first, last=after - DAY) for first, after in pairwise(bounds)]


def without(period: Period, known: Iterable[Period]) -> Iterator[Period]:
    """What is left of a period when the known ones are taken away, oldest first."""
    first = period.first
    for piece in sorted(known, key=lambda piece: piece.first):
        if piece.last < first or piece.first > period.last:
            continue
        if piece.first > first:
            yield Period(first=first, last=piece.first - DAY)
        first = max(first, piece.last + DAY)
    if first <= period.last:
        yield Period(first=first, last=period.last)
