"""Builds raw rows as the sync would have left them: a test says what matters, the rest is as the services send it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg

Moment = str | datetime
_Json = Mapping[str, object]


@dataclass(frozen=True)
class Known:
    """When a version of a row was known: from `seen_at` on, up to `superseded_at` (None: to this day).

    `stamped` is False for a row whose writer knows no `seen_at`: then its `synced_at` says when it was seen.
    """

    seen_at: Moment
    superseded_at: Moment | None = None
    stamped: bool = True


@dataclass(frozen=True)
class _Row:
    """A version of a raw row; times in UTC."""

    source_id: str
    data: _Json
    deleted_at: datetime | None
    seen_at: datetime | None = None
    superseded_at: datetime | None = None
    stamped: bool = True


@dataclass
class RawRows:
    """The rows of one database; times written as "2026-03-02 09:00" are clock times in `zone`.

    Rows that do not say when they were seen were seen at `seen_at`, or else when they are written.
    """

    zone: ZoneInfo
    seen_at: datetime | None = None
    _tables: dict[str, list[_Row]] = field(default_factory=dict)
    _sources: list[tuple[str, datetime | None, bool, str | None]] = field(default_factory=list)
    _holidays: list[tuple[str, date, str, str]] = field(default_factory=list)
    _coverage: list[tuple[str, datetime, datetime, datetime]] = field(default_factory=list)

    def instant(self, moment: Moment) -> datetime:
        """The UTC instant of a clock time; an aware time is one already."""
        if isinstance(moment, datetime):
            return moment.astimezone(UTC)
        return datetime.fromisoformat(moment).replace(tzinfo=self.zone).astimezone(UTC)

    def client(self, client_id: int, name: str) -> None:
        """A Toggl client."""
        self._put("toggl_track__clients", str(client_id), {"id": client_id, "wid": 1, "name": name})

    def project(
        self,
        project_id: int,
        name: str,
        color: str = "#525266",
        client_id: int | None = None,
        *,
        active: bool = True,
        deleted: Moment | None = None,
    ) -> None:
        """A Toggl project."""
        data = {"id": project_id, "name": name, "color": color, "client_id": client_id, "active": active}
        self._put("toggl_track__projects", str(project_id), data, deleted)

    def entry(
        self,
        entry_id: int,
        start: Moment,
        stop: Moment | None,
        project_id: int | None = None,
        *,
        duration: int | None = None,
        at: Moment | None = None,
        description: str | None = None,
        server_deleted: Moment | None = None,
        deleted: Moment | None = None,
    ) -> None:
        """An entry as the Track API sends it; without `stop` it runs, unless a `duration` says otherwise."""
        begin, end = self.instant(start), None if stop is None else self.instant(stop)
        length = int((end - begin).total_seconds()) if end else -int(begin.timestamp())
        data = {
            "id": entry_id,
            "project_id": project_id,
            "description": description,
            "start": begin.isoformat(),
            "stop": None if end is None else end.isoformat(),
            "duration": length if duration is None else duration,
            "at": f"{self.instant(at or start).replace(microsecond=500000):%Y-%m-%dT%H:%M:%S.%f}".rstrip("0") + "Z",
            "server_deleted_at": None if server_deleted is None else self.instant(server_deleted).isoformat(),
        }
        self._put("toggl_track__time_entries", str(entry_id), data, deleted)

    def reported_entry(
        self,
        entry_id: int,
        start: Moment,
        stop: Moment,
        project_id: int | None = None,
        *,
        at: Moment | None = None,
        description: str = "",
        deleted: Moment | None = None,
    ) -> None:
        """An entry as the Reports API sends it: local times, whole seconds, no word on deletion."""
        begin, end = self.instant(start), self.instant(stop)
        changed = self.instant(at or start)
        data = {
            "id": entry_id,
            "project_id": project_id,
            "description": description,
            "start": begin.astimezone(self.zone).isoformat(),
            "stop": end.astimezone(self.zone).isoformat(),
            "seconds": int((end - begin).total_seconds()),
            "at": changed.isoformat(),
            "at_tz": changed.astimezone(self.zone).isoformat(),
        }
        self._put("toggl_track__time_entries_report", str(entry_id), data, deleted)

    def calendar(
        self,
        calendar_id: str,
        name: str,
        *,
        deleted: Moment | None = None,
        is_dropped: bool = False,
        known: Known | None = None,
    ) -> None:
        """A calendar in the user's list, or an earlier version of its row; `is_dropped` is Google's own word for it."""
        dropped = {"deleted": True} if is_dropped else {}
        data = {"id": calendar_id, "summary": name, "selected": True, **dropped}
        self._put("google_calendar__calendar_list", calendar_id, data, deleted, known)

    def event(
        self,
        event_id: str,
        title: str | None,
        start: Moment,
        end: Moment,
        calendar_id: str = "me@example.test",
        *,
        deleted: Moment | None = None,
        known: Known | None = None,
        **more: object,
    ) -> None:
        """A timed event, or an earlier version of one; `more` are further keys of Google's: `status`, `colorId`."""
        times = {
            "start": {"dateTime": self.instant(start).astimezone(self.zone).isoformat(), "timeZone": self.zone.key},
            "end": {"dateTime": self.instant(end).isoformat().replace("+00:00", "Z")},
        }
        self._event(event_id, title, calendar_id, times | more, deleted=deleted, known=known)

    def whole_days(
        self,
        event_id: str,
        title: str | None,
        first: str,
        day_after: str,
        calendar_id: str = "me@example.test",
        *,
        deleted: Moment | None = None,
        known: Known | None = None,
        **more: object,
    ) -> None:
        """An all-day event; like Google's, `day_after` is the first date that it does not cover."""
        dates = {"start": {"date": first}, "end": {"date": day_after}}
        self._event(event_id, title, calendar_id, dates | more, deleted=deleted, known=known)

    def coverage(self, calendar_id: str, start: Moment, end: Moment, known_at: Moment) -> None:
        """A stretch of a calendar that had been read in full at `known_at`."""
        times = self.instant(start), self.instant(end), self.instant(known_at)
        self._coverage.append((f"events:{calendar_id}", *times))

    def source(self, name: str, as_of: Moment | None, *, configured: bool = True, error: str | None = None) -> None:
        """How fresh a source is."""
        self._sources.append((name, None if as_of is None else self.instant(as_of), configured, error))

    def holiday(self, country: str, day: str, name_en: str, name_ja: str) -> None:
        """A national holiday."""
        self._holidays.append((country, date.fromisoformat(day), name_en, name_ja))

    def write(self, connection: psycopg.Connection) -> None:
        """Put all of it into an empty, migrated database."""
        with connection.cursor() as cursor:
            for table, rows in self._tables.items():
                _write_present(cursor, table, [row for row in rows if row.superseded_at is None])
                _write_superseded(cursor, table, [row for row in rows if row.superseded_at is not None])
            cursor.executemany(
                "insert into raw.sync_state (source, stream, synced_at, configured, error)"
                " values (%s, 'all', %s, %s, %s)",
                self._sources,
            )
            cursor.executemany("insert into raw.national_holidays values (%s, %s, %s, %s)", self._holidays)
            cursor.executemany(
                "insert into raw.coverage (source, stream, during, known_at)"
                " values ('gcal', %s, tstzrange(%s, %s), %s)",
                self._coverage,
            )
        connection.commit()

    def _event(
        self,
        event_id: str,
        title: str | None,
        calendar_id: str,
        more: Mapping[str, object],
        *,
        deleted: Moment | None,
        known: Known | None,
    ) -> None:
        data = {"id": event_id, "status": "confirmed", "eventType": "default", "_calendar_id": calendar_id}
        named = {} if title is None else {"summary": title}
        source_id = f"{calendar_id}:{event_id}"
        self._put("google_calendar__events", source_id, {**data, **named, **more}, deleted, known)

    def _put(
        self, table: str, source_id: str, data: _Json, deleted: Moment | None = None, known: Known | None = None
    ) -> None:
        buried = None if deleted is None else self.instant(deleted)
        row = _Row(source_id, data, buried, self.seen_at)
        if known is not None:
            superseded_at = None if known.superseded_at is None else self.instant(known.superseded_at)
            row = _Row(source_id, data, buried, self.instant(known.seen_at), superseded_at, known.stamped)
        self._tables.setdefault(table, []).append(row)


def _write_present(cursor: psycopg.Cursor, table: str, rows: Sequence[_Row]) -> None:
    """The rows of a raw table; what does not say when it was seen is seen now."""
    cursor.executemany(
        f"insert into raw.{table} (source_id, data, deleted_at, synced_at, seen_at)"  # noqa: S608
        " values (%s, %s, %s, coalesce(%s, now()), case when %s then coalesce(%s, now()) end)".encode(),
        [(row.source_id, json.dumps(row.data), row.deleted_at, row.seen_at, row.stamped, row.seen_at) for row in rows],
    )


def _write_superseded(cursor: psycopg.Cursor, table: str, rows: Sequence[_Row]) -> None:
    """Versions of a raw table's rows that are no longer the present ones."""
    cursor.executemany(
        "insert into raw.superseded (table_name, source_id, data, deleted_at, seen_at, superseded_at)"
        " values (%s, %s, %s, %s, %s, %s)",
        [(table, row.source_id, json.dumps(row.data), row.deleted_at, row.seen_at, row.superseded_at) for row in rows],
    )


def invited(response: str) -> Sequence[Mapping[str, object]]:
    """The guests of an event to which the user has answered so."""
    return [{"email": "host@example.test", "organizer": True}, {"self": True, "responseStatus": response}]


def hours(number: float) -> int:
    """So many hours in seconds."""
    return int(timedelta(hours=number).total_seconds())
