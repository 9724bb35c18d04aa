"""Which entries a detailed report holds, worked out once for all of its pages until an entry changes."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from infra.local.ledger import Ledger
from infra.local.toggl_report_body import Question
from infra.local.toggl_switches import TogglSwitches
from infra.local.track import Entry, Track

Group = tuple[Entry, ...]
_REPORTS_KEPT = 16
_ORDERS: dict[str, Callable[[Entry], tuple[object, ...]]] = {
    "date": lambda entry: (entry.start, entry.id),
    "user": lambda entry: (entry.user_id or 0, entry.start, entry.id),
    "duration": lambda entry: (entry.tracked_seconds, entry.id),
    "description": lambda entry: (entry.description or "", entry.id),
    "last_update": lambda entry: (entry.at, entry.id),
}


class Report:
    """Answers what a report holds of the owner's entries and of those of the owner's colleagues."""

    def __init__(self, track: Track, switches: TogglSwitches) -> None:
        self._track = track
        self._switches = switches
        self._kept: dict[object, list[Group]] = {}

    def groups(self, workspace_id: int, question: Question) -> list[Group]:
        """The entries in the order asked for: one by one, or, when asked, put together where they are alike."""
        track, switches = self._track, self._switches
        ledgers = track.entries, track.colleague_entries
        seen_until = track.clock() - timedelta(seconds=switches.report_lag_seconds)
        # Anything that can change an answer is part of its key.
        key = (
            workspace_id,
            question,
            self._projects(question),
            track.user.timezone,
            switches.report_lists_running,
            switches.report_lag_hides,
            *(ledger.version for ledger in ledgers),
            *(tuple(entry.id for entry in self._unseen(ledger, seen_until)) for ledger in ledgers),
        )
        if key not in self._kept:
            while len(self._kept) >= _REPORTS_KEPT:
                del self._kept[next(iter(self._kept))]
            entries = [entry for ledger in ledgers for entry in self._started(ledger, question, seen_until)]
            matches = self._filter(workspace_id, question)
            found = sorted(filter(matches, entries), key=_ORDERS[question.order], reverse=question.descending)
            self._kept[key] = _put_together(found) if question.grouped else [(entry,) for entry in found]
        return self._kept[key]

    def _unseen(self, ledger: Ledger, seen_until: datetime) -> list[Entry]:
        """What has changed so lately that reports do not know it yet."""
        if self._switches.report_lag_seconds == 0:
            return []
        return [entry for entry in ledger.changed(seen_until) if entry.at > seen_until]

    def _started(self, ledger: Ledger, question: Question, seen_until: datetime) -> list[Entry]:
        """The entries that reports know to have begun on the days asked for."""
        zone = ZoneInfo(self._track.user.timezone)
        start = datetime.combine(question.first_day, time(), zone).astimezone(UTC)
        end = datetime.combine(question.last_day + timedelta(days=1), time(), zone).astimezone(UTC)
        unseen = {entry.id for entry in self._unseen(ledger, seen_until)}
        known = [entry for entry in ledger.live(start, end) if entry.id not in unseen]
        if self._switches.report_lag_hides:
            return known
        former = [ledger.as_of(seen_until, entry_id) for entry_id in unseen]
        return known + [entry for entry in former if entry and not entry.deleted_at and start <= entry.start < end]

    def _projects(self, question: Question) -> frozenset[int | None] | None:
        """The projects of the clients asked for, as they are now; None when no client is asked for."""
        clients = dict(question.ids).get("client_ids")
        if clients is None:
            return None
        projects = frozenset(row.id for row in self._track.projects.values() if row.client_id in clients)
        return projects | {None} if None in clients else projects

    def _filter(self, workspace_id: int, question: Question) -> Callable[[Entry], bool]:
        ids = dict(question.ids)
        ids.pop("client_ids", None)
        of_clients = self._projects(question)
        owner = self._track.user.id
        readers: dict[str, Callable[[Entry], tuple[int | None, ...]]] = {
            "user_ids": lambda entry: (entry.user_id or owner,),
            "project_ids": lambda entry: (entry.project_id,),
            "tag_ids": lambda entry: entry.tag_ids or (None,),
            "time_entry_ids": lambda entry: (entry.id,),
            # Nobody has tasks or is in a group here.
            "task_ids": lambda _entry: (None,),
            "group_ids": lambda _entry: (),
        }
        wanted = [(readers[name], values) for name, values in ids.items()]
        with_running = self._switches.report_lists_running

        def matches(entry: Entry) -> bool:
            return (
                entry.workspace_id == workspace_id
                and (entry.stop is not None or (with_running and entry.is_running))
                and (of_clients is None or entry.project_id in of_clients)
                and question.description in (entry.description or "").lower()
                and question.shortest_seconds <= entry.tracked_seconds
                and (question.longest_seconds is None or entry.tracked_seconds <= question.longest_seconds)
                and question.billable is not True
                and all(not values.isdisjoint(read(entry)) for read, values in wanted)
            )

        return matches


def local_day(entry: Entry, zone: ZoneInfo) -> date:
    """The day in `zone` on which an entry began."""
    return entry.start.astimezone(zone).date()


def _put_together(entries: list[Entry]) -> list[Group]:
    groups: dict[object, list[Entry]] = {}
    for entry in entries:
        alike = entry.user_id, entry.project_id, entry.description, frozenset(entry.tag_ids)
        groups.setdefault(alike, []).append(entry)
    return [tuple(group) for group in groups.values()]
