"""Time entries kept in the orders in which they are asked for, so that ten years of them are served as fast as ten."""

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, MutableMapping
from datetime import UTC, datetime

from infra.local.track_records import Entry

_Order = list[tuple[datetime, int]]
_NEVER = datetime.max.replace(tzinfo=UTC)


class Ledger(MutableMapping[int, Entry]):
    """Entries by id, deleted ones included; it is used like a dict, and every change of it keeps its orders right.

    `version` moves with every change, for whoever wants to keep what was computed from the entries.
    """

    def __init__(self) -> None:
        self.version = 0
        self._entries: dict[int, Entry] = {}
        self._former: defaultdict[int, list[Entry]] = defaultdict(list)
        self._by_start: _Order = []
        self._by_change: _Order = []
        self._timers: set[int] = set()
        self._seconds: Counter[int | None] = Counter()

    def __getitem__(self, entry_id: int) -> Entry:
        return self._entries[entry_id]

    def __setitem__(self, entry_id: int, entry: Entry) -> None:
        former = self._entries.get(entry_id)
        self._entries[entry_id] = entry
        # The new place is taken before the old is left: a request answered meanwhile finds the entry in any case.
        self._enter(entry)
        if former is not None:
            self._former[entry_id].append(former)
            self._leave(former)
        self.version += 1

    def __delitem__(self, entry_id: int) -> None:
        self._leave(self._entries[entry_id])
        self._timers.discard(entry_id)
        self._former.pop(entry_id, None)
        del self._entries[entry_id]
        self.version += 1

    def __iter__(self) -> Iterator[int]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def live(self, start: datetime | None = None, end: datetime = _NEVER) -> list[Entry]:
        """Every entry that is not deleted and starts in [start, end), newest start first."""
        first = 0 if start is None else bisect_left(self._by_start, (start, 0))
        return self._found(reversed(self._by_start[first : bisect_left(self._by_start, (end, 0))]))

    def changed(self, since: datetime) -> list[Entry]:
        """Every entry last changed at `since` or later, deleted ones included, in the order of their changes."""
        return self._found(self._by_change[bisect_left(self._by_change, (since, 0)) :])

    def running(self) -> Entry | None:
        """The entry whose timer runs, or None."""
        running = [self._entries[key] for key in self._timers if self._entries[key].is_running]
        return max(running, key=lambda entry: (entry.start, entry.id), default=None)

    def seconds_on(self, project_id: int) -> int:
        """The seconds of all finished entries that are booked on a project and not deleted."""
        return self._seconds[project_id]

    def as_of(self, moment: datetime, entry_id: int) -> Entry | None:
        """The entry as it was at a moment; None when it did not exist yet."""
        versions = (*self._former.get(entry_id, ()), self._entries[entry_id])
        return next((entry for entry in reversed(versions) if entry.at <= moment), None)

    def _found(self, places: Iterable[tuple[datetime, int]]) -> list[Entry]:
        return [self._entries[entry_id] for _, entry_id in places]

    def _enter(self, entry: Entry) -> None:
        insort(self._by_change, (entry.at, entry.id))
        if entry.deleted_at is not None:
            return
        insort(self._by_start, (entry.start, entry.id))
        self._seconds[entry.project_id] += entry.tracked_seconds
        if entry.is_running:
            self._timers.add(entry.id)

    def _leave(self, entry: Entry) -> None:
        del self._by_change[bisect_left(self._by_change, (entry.at, entry.id))]
        if entry.deleted_at is not None:
            return
        del self._by_start[bisect_left(self._by_start, (entry.start, entry.id))]
        self._seconds[entry.project_id] -= entry.tracked_seconds
