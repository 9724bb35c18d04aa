"""Who owns each instant: the entry that started last, the one before a small gap, or nobody."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from tests.dbt.oracle.clock import Day, seconds
from tests.dbt.oracle.life import Entry, Life


@dataclass(frozen=True)
class Tracked:
    """A live entry, its stop known; of several, the one with the greatest rank owns an instant."""

    entry: Entry
    start: datetime
    stop: datetime

    @property
    def rank(self) -> tuple[datetime, int]:
        """Its start; of equal ones the larger id."""
        return self.start, self.entry.entry_id


@dataclass(frozen=True)
class Stretch:
    """A stretch of a day with one owner; None is nobody."""

    start: datetime
    end: datetime
    owner: Entry | None

    @property
    def seconds(self) -> int:
        """Its length."""
        return seconds(self.start, self.end)


def live_entries(life: Life) -> Sequence[Tracked]:
    """The entries that count: those that last at all."""
    stops = [(entry, stop_of(entry, life)) for entry in life.entries if not entry.is_deleted]
    return [Tracked(entry, entry.start, stop) for entry, stop in stops if stop is not None and entry.start < stop]


def stop_of(entry: Entry, life: Life) -> datetime | None:
    """When an entry stops; one that runs does at Toggl's last sync, if there was one, in whole seconds."""
    as_of = next((source.as_of for source in life.sources if source.name == "toggl"), None)
    return entry.stop or (None if as_of is None else as_of.replace(microsecond=0))


def raw_seconds(day: Day, entries: Sequence[Tracked], category_of: Callable[[Entry], str]) -> Counter[str]:
    """Each entry cut at midnight, nothing else."""
    raw: Counter[str] = Counter()
    for each in entries:
        if day.holds(each.start, each.stop):
            raw[category_of(each.entry)] += seconds(max(each.start, day.start), min(each.stop, day.end))
    return raw


def stretches(day: Day, entries: Sequence[Tracked], life: Life) -> Sequence[Stretch]:
    """The day in stretches, from the first entry ever on; while it has not ended, up to its last entry."""
    begin, end = day.start, day.end
    touching = [each.stop for each in entries if day.holds(each.start, each.stop)]
    first = min((each.start for each in entries), default=end)
    accounted_to = end if end <= life.now else min(max(touching, default=begin), end)
    instants = {at for each in entries for at in (each.start, each.stop) if begin < at < end}
    found: list[Stretch] = []
    for start, stop in pairwise(sorted({begin, end, *instants})):
        owner = _owner(start, entries, life.gap_seconds)
        if owner is None and not first <= start < accounted_to:
            continue
        if found and found[-1].end == start and found[-1].owner == owner:
            start = found.pop().start  # noqa: PLW2901 (the stretch goes on)
        found.append(Stretch(start, stop, owner))
    return found


def _owner(instant: datetime, entries: Sequence[Tracked], gap_seconds: int) -> Entry | None:
    """The entry that owns an instant; in a gap that is small enough, the one that owned the moment before it."""
    at_work = [each for each in entries if each.start <= instant < each.stop]
    if not at_work:
        gap_start = max((each.stop for each in entries if each.stop <= instant), default=None)
        gap_end = min((each.start for each in entries if each.start > instant), default=None)
        if gap_start is not None and gap_end is not None and seconds(gap_start, gap_end) <= gap_seconds:
            at_work = [each for each in entries if each.stop == gap_start]
    return max(at_work, key=lambda each: each.rank).entry if at_work else None
