"""A second opinion on the time rules: the figures of a life, worked out in plain Python without a thought for speed."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

UNTRACKED = "Untracked"
ESTIMATING_DAYS = 4
_MINUTE = timedelta(minutes=1)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Entry:
    """A tracked entry, its stop already known; of several, the greatest is the one that owns an instant."""

    start: datetime
    entry_id: int
    stop: datetime
    category: str


@dataclass(frozen=True)
class Plan:
    """A planned event."""

    start: datetime
    stop: datetime
    category: str


@dataclass(frozen=True)
class Life:
    """All that was tracked and planned, in UTC, and the moment at which it is looked at."""

    zone: ZoneInfo
    now: datetime
    gap_seconds: int
    entries: Sequence[Entry]
    plans: Sequence[Plan]

    def times(self) -> Sequence[tuple[datetime, datetime]]:
        """From when to when each of them lasts."""
        return [
            *((entry.start, entry.stop) for entry in self.entries),
            *((plan.start, plan.stop) for plan in self.plans),
        ]


@dataclass
class Day:
    """The figures of one local day, by category where they have one."""

    seconds: int
    raw: Counter[str] = field(default_factory=Counter)
    actual: Counter[str] = field(default_factory=Counter)
    planned: Counter[str] = field(default_factory=Counter)
    overlap: Counter[str] = field(default_factory=Counter)
    estimates: Mapping[str, int] = field(default_factory=dict)

    @property
    def tracked(self) -> int:
        """Owned seconds."""
        return self.actual.total() - self.actual[UNTRACKED]

    @property
    def adherence(self) -> Decimal | None:
        """The share of the plan that was kept, six decimals."""
        if not self.planned:
            return None
        share = Decimal(self.overlap.total()) / self.planned.total()
        return share.quantize(Decimal("1e-6"), ROUND_HALF_UP)


def figures(life: Life) -> Mapping[date, Day]:
    """Every local day from the first with an entry or a plan to the later of tomorrow and the last with either."""
    starts = _day_starts(life)
    days = {day: Day(int((end - start).total_seconds())) for (day, start), (_, end) in pairwise(starts) if start < end}
    for start, stop in pairwise(_boundaries(life, [start for _, start in starts])):
        _account(days[_day_of(start, starts)], start, stop, life)
    for (day, start), (_, end) in pairwise(starts):
        if start < end:
            _tell_untracked(days[day], start, end, life)
    for day, figure in days.items():
        figure.estimates = _estimates(day, days)
    return days


def _day_starts(life: Life) -> Sequence[tuple[date, datetime]]:
    """When each date begins, found by watching a clock in the zone minute by minute; one more than there are days."""
    first = min(start for start, _ in life.times())
    last = max(stop for _, stop in life.times())
    midnights: dict[date, datetime] = {}
    reached: dict[date, datetime] = {}
    instant = (first - 2 * _ONE_DAY).replace(second=0, microsecond=0)
    while instant < max(last, life.now) + 4 * _ONE_DAY:
        shown = instant.astimezone(life.zone)
        if shown.time() == time():
            midnights.setdefault(shown.date(), instant)
        reached.setdefault(shown.date(), instant)
        instant += _MINUTE
    dates = [min(reached) + _ONE_DAY * number for number in range(1, (max(reached) - min(reached)).days)]
    # A date that the zone has skipped begins and ends where the next one begins.
    starts = [(day, midnights.get(day) or min(at for other, at in reached.items() if other >= day)) for day in dates]
    tomorrow = life.now.astimezone(life.zone).date() + _ONE_DAY
    kept = [
        number
        for number, ((day, start), (_, end)) in enumerate(pairwise(starts))
        if end > first and (day <= tomorrow or start < last)
    ]
    return starts[kept[0] : kept[-1] + 2]


def _boundaries(life: Life, starts: Iterable[datetime]) -> Sequence[datetime]:
    """All instants at which anything can change."""
    return sorted({at for times in life.times() for at in times} | set(starts))


def _day_of(instant: datetime, starts: Sequence[tuple[date, datetime]]) -> date:
    return starts[bisect_right(starts, instant, key=lambda start: start[1]) - 1][0]


def _account(day: Day, start: datetime, stop: datetime, life: Life) -> None:
    """Add a stretch within which nothing changes."""
    seconds = int((stop - start).total_seconds())
    for entry in life.entries:
        if entry.start <= start < entry.stop:
            day.raw[entry.category] += seconds
    owner = _owner(start, life)
    if owner is not None:
        day.actual[owner.category] += seconds
    for category in {plan.category for plan in life.plans if plan.start <= start < plan.stop}:
        day.planned[category] += seconds
        if owner is not None and owner.category == category:
            day.overlap[category] += seconds


def _owner(instant: datetime, life: Life) -> Entry | None:
    """The entry that owns an instant; in a gap that is small enough, the one that owned the moment before it."""
    at_work = [entry for entry in life.entries if entry.start <= instant < entry.stop]
    if at_work:
        return max(at_work)
    gap_start = max((entry.stop for entry in life.entries if entry.stop <= instant), default=None)
    gap_end = min((entry.start for entry in life.entries if entry.start > instant), default=None)
    if gap_start is None or gap_end is None or (gap_end - gap_start).total_seconds() > life.gap_seconds:
        return None
    return max(entry for entry in life.entries if entry.stop == gap_start)


def _tell_untracked(day: Day, start: datetime, end: datetime, life: Life) -> None:
    """What nobody owns of a day since the first entry ever: to its end once that is past, else to its last entry."""
    begin = max(start, min(entry.start for entry in life.entries))
    if end > life.now:
        touching = [entry.stop for entry in life.entries if entry.start < end and entry.stop > start]
        end = min(max(touching, default=start), end)
    untracked = int((end - begin).total_seconds()) - day.actual.total()
    if untracked > 0:
        day.actual[UNTRACKED] = untracked


def _estimates(day: date, days: Mapping[date, Day]) -> Mapping[str, int]:
    """The mean of the last tracked days of the same weekday, by category; a single one tells nothing."""
    alike = [
        past for past in sorted(days) if past < day and past.isoweekday() == day.isoweekday() and days[past].tracked
    ]
    known = alike[-ESTIMATING_DAYS:]
    if len(known) <= 1:
        return {}
    sums: Counter[str] = Counter()
    for past in known:
        sums.update(days[past].actual)
    return {
        category: int((Decimal(total) / len(known)).quantize(Decimal(1), ROUND_HALF_UP))
        for category, total in sums.items()
    }


def aware(text: str) -> datetime:
    """The instant that a UTC time names."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
