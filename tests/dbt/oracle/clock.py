"""Where local days begin and end, found by watching a clock in the zone minute by minute."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

_MINUTE = timedelta(minutes=1)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Day:
    """A local day, from `start` up to, not including, `end`."""

    date: date
    start: datetime
    end: datetime

    @property
    def seconds(self) -> int:
        """Its length."""
        return seconds(self.start, self.end)

    def holds(self, start: datetime, end: datetime) -> bool:
        """Whether it shares an instant with [start, end)."""
        return max(start, self.start) < min(end, self.end)


def local_days(zone: ZoneInfo, first: datetime, last: datetime) -> Sequence[Day]:
    """Every local day from the one before `first` to the one after `last`; dates that the zone has skipped are none."""
    midnights: dict[date, datetime] = {}
    reached: dict[date, datetime] = {}
    instant = (first - 3 * ONE_DAY).replace(second=0, microsecond=0)
    while instant < last + 4 * ONE_DAY:
        shown = instant.astimezone(zone)
        if shown.time() == time():
            midnights.setdefault(shown.date(), instant)
        reached.setdefault(shown.date(), instant)
        instant += _MINUTE
    dates = sorted(reached)[1:]
    starts = [(day, midnights.get(day, reached[day])) for day in dates]
    return [Day(day, start, end) for (day, start), (_, end) in pairwise(starts) if start < end]


def seconds(start: datetime, end: datetime) -> int:
    """The length of [start, end), whole seconds."""
    return int((end - start).total_seconds())
