"""Toggl Track's listings of the owner's time entries: by window, by change, the running one, a single one."""

from datetime import UTC, datetime, time, timedelta

from starlette.responses import Response

from infra.local.toggl_door import refuse, refuse_value
from infra.local.toggl_json import entry_json
from infra.local.toggl_query import read_moment, read_since
from infra.local.toggl_switches import TogglSwitches
from infra.local.track import Entry, Track
from infra.local.wire import Ask, JsonObject, Parameters, json_response

MOST_ENTRIES = 1000
RECENT = timedelta(days=9)


class EntriesApi:
    """The handlers of `/me/time_entries` and what lies below."""

    def __init__(self, track: Track, switches: TogglSwitches) -> None:
        self._track = track
        self._switches = switches

    def recent(self) -> list[Entry]:
        """What is listed when no bounds are given, newest start first."""
        return self._track.entries.live(self._track.clock() - RECENT)

    def row(self, entry: Entry, *, meta: bool = False) -> JsonObject:
        """An entry as it is written at present."""
        return entry_json(entry, self._track, meta=meta, z_stamps=self._switches.z_stamps)

    def list_entries(self, ask: Ask) -> Response:
        """`GET /me/time_entries`."""
        parameters = Parameters(ask.query, refuse_value)
        meta = parameters.boolean("meta", default=False)
        parameters.boolean("include_sharing", default=False)
        entries = self._asked_entries(ask)[:MOST_ENTRIES]
        if "time_entries" in self._switches.null_collections:
            return json_response(None)
        return json_response([self.row(entry, meta=meta) for entry in entries])

    def current_entry(self, _ask: Ask) -> Response:
        """`GET /me/time_entries/current`."""
        running = self._track.running_entry()
        return json_response(None if running is None else self.row(running))

    def single_entry(self, ask: Ask) -> Response:
        """`GET /me/time_entries/{id}`."""
        entry = self._track.entries.get(int(ask.path["entry_id"]))
        if entry is None or entry.deleted_at is not None:
            refuse(404, "Time entry not found")
        return json_response(self.row(entry, meta=Parameters(ask.query, refuse_value).boolean("meta", default=False)))

    def _asked_entries(self, ask: Ask) -> list[Entry]:
        given = {name for name in ("since", "before", "start_date", "end_date") if name in ask.query}
        if {"since", "before"} <= given:
            refuse(400, "'since' and 'before' can not be present simultaneously")
        if len({"since", "before"} & given) + bool({"start_date", "end_date"} & given) > 1:
            refuse(400, "'since', 'before' and 'start_date' with 'end_date' can not be combined")
        entries = self._track.entries
        if "since" in given:
            return self._changed_entries(ask)
        if "before" in given:
            return entries.live(self._days_ago(self._switches.reach_days), read_moment(ask, "before"))
        if given == {"start_date", "end_date"}:
            return entries.live(*self._window(ask))
        if given:
            refuse(400, "'start_date' and 'end_date' must be used together")
        return self.recent()

    def _window(self, ask: Ask) -> tuple[datetime, datetime]:
        start, end = read_moment(ask, "start_date"), read_moment(ask, "end_date")
        first_day = self._days_ago(self._switches.reach_days).date()
        if start < datetime.combine(first_day, time(), UTC):
            refuse(400, f"start_date must not be earlier than {first_day}")
        if end < start:
            refuse(400, "end_date must not be earlier than start_date")
        return start, end

    def _changed_entries(self, ask: Ask) -> list[Entry]:
        since = read_since(ask)
        if since is None or since < self._days_ago(self._switches.since_reach_days):
            refuse(400, "since must not lie more than 3 months in the past")
        earliest = self._days_ago(self._switches.reach_days)
        changed = [
            entry
            for entry in self._track.entries.changed(since)
            if self._switches.since_tells_old_starts or entry.start >= earliest
        ]
        return sorted(changed, key=lambda entry: (entry.start, entry.id), reverse=True)

    def _days_ago(self, days: int) -> datetime:
        return self._track.clock() - timedelta(days=days)
