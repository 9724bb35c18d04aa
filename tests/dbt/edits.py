"""Random edits of raw rows, as our loader and an older writer make them, at times of the test's choice."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import cast

import psycopg

from tasks import raw
from tasks.raw import Batch, JsonObject, JsonValue, Row, Span

ENTRIES = "toggl_track__time_entries"
REPORTED = "toggl_track__time_entries_report"
PROJECTS = "toggl_track__projects"
CLIENTS = "toggl_track__clients"
EVENTS = "google_calendar__events"
CALENDARS = "google_calendar__calendar_list"
HOUR = timedelta(hours=1)
TITLES = ["Work", "Mail", "Sleep", "Movie", "Team lunch", "Twin", "Brand new", ""]


@dataclass
class Edits:
    """A user, the syncs and an older writer at work on one database; `story` tells what they have done."""

    connection: psycopg.Connection
    random: Random
    now: datetime
    begins: datetime
    story: list[str] = field(default_factory=list)
    _number: int = 0

    def make(self, times: int) -> None:
        """Make some edits, each in a transaction that looks as if it had taken place a little after the one before."""
        ways: Sequence[Callable[[], str]] = [
            *[self._insert_entry, self._edit_entry, self._move_entry] * 3,
            *[self._bury, self._revive, self._remove] * 2,
            *[self._insert_event, self._edit_event, self._move_event] * 3,
            *[self._cover, self._toggle_calendar, self._edit_project, self._insert_project, self._edit_client],
            self._change_holidays,
        ]
        for _ in range(times):
            self.now += timedelta(seconds=self.random.randrange(1, 7200))
            with self.connection.transaction():
                done = self.random.choice(ways)()
                self._backdate()
            self.story.append(f"{self.now:%Y-%m-%d %H:%M:%S}Z {done}")

    def sync(self) -> None:
        """Put on record that both sources have been read a moment ago, or one of them some time ago."""
        for source in ("toggl", "gcal"):
            as_of = self.now - self.random.choice([timedelta(minutes=1), 5 * HOUR])
            self.connection.execute(
                "update raw.sync_state set synced_at = %s where source = %s and stream = 'all'", (as_of, source)
            )
            self.story.append(f"{source} was read at {as_of:%Y-%m-%d %H:%M:%S}Z")
        self.connection.commit()

    def _backdate(self) -> None:
        """What this transaction has stamped with the database's clock gets the test's time."""
        for table in (ENTRIES, REPORTED, PROJECTS, CLIENTS, EVENTS, CALENDARS):
            for column in ("synced_at", "seen_at"):
                self._run(f"update raw.{table} set {column} = %s where {column} = now()", self.now)  # noqa: S608
        for column in ("seen_at", "superseded_at"):
            self._run(f"update raw.superseded set {column} = %s where {column} = now()", self.now)  # noqa: S608
        self._run("update raw.coverage set known_at = %s where known_at = now()", self.now)

    def _insert_entry(self) -> str:
        entry_id = self._fresh()
        start = self._any_time()
        if self.random.random() < 0.3:
            start -= timedelta(days=self.random.randrange(300, 900))
        runs = self.random.random() < 0.15
        stop = None if runs else start + timedelta(seconds=self.random.choice([0, 30, 1500, 9000, 100_000]))
        data = self._entry(entry_id, self.now - HOUR if runs else start, stop)
        return f"new entry: {self._store(ENTRIES, str(entry_id), data)}"

    def _edit_entry(self) -> str:
        source_id, data = self._pick(ENTRIES)
        stop = datetime.fromisoformat(str(data["start"])) + timedelta(seconds=self.random.randrange(1, 20_000))
        changed = self._entry(int(source_id), datetime.fromisoformat(str(data["start"])), stop)
        table = self.random.choice([ENTRIES, ENTRIES, REPORTED])
        return f"entry edited: {self._store(table, source_id, changed)}"

    def _move_entry(self) -> str:
        source_id, _ = self._pick(ENTRIES)
        start = self._any_time()
        return f"entry moved: {self._store(ENTRIES, source_id, self._entry(int(source_id), start, start + HOUR))}"

    def _entry(self, entry_id: int, start: datetime, stop: datetime | None) -> JsonObject:
        seconds = int((stop - start).total_seconds()) if stop else -int(start.timestamp())
        return {
            "id": entry_id,
            "project_id": self.random.choice([1, 2, 3, 4, 9, 999, None]),
            "description": self.random.choice(["Write", "Read", ""]),
            "start": start.isoformat(),
            "stop": None if stop is None else stop.isoformat(),
            "duration": seconds,
            "seconds": seconds,
            "at": self.now.isoformat(),
        }

    def _bury(self) -> str:
        table = self.random.choice([ENTRIES, EVENTS])
        source_id, _ = self._pick(table)
        raw.load(self.connection, *_stream(table), [Batch(table, [], deleted=[source_id])], None)
        return f"tombstone on {table} {source_id}"

    def _revive(self) -> str:
        table = self.random.choice([ENTRIES, EVENTS])
        source_id, _ = self._pick(table, "deleted_at is not null")
        raw.load(self.connection, *_stream(table), [Batch(table, [], alive=[source_id])], None)
        return f"tombstone lifted from {table} {source_id}"

    def _remove(self) -> str:
        table = self.random.choice([ENTRIES, REPORTED, EVENTS])
        source_id, _ = self._pick(table)
        self._run(f"delete from raw.{table} where source_id = %s", source_id)  # noqa: S608
        return f"an older writer removed {table} {source_id}"

    def _insert_event(self) -> str:
        start = self._any_time() + timedelta(days=self.random.randrange(-2, 9))
        calendar = self.random.choice(["me@example.test", "shared@example.test"])
        event_id = f"n{self._fresh()}"
        data: JsonObject = {"id": event_id, "status": "confirmed", "_calendar_id": calendar, **_times(start, 2 * HOUR)}
        data["summary"] = self.random.choice(TITLES)
        return f"new event: {self._store(EVENTS, f'{calendar}:{event_id}', data)}"

    def _edit_event(self) -> str:
        source_id, data = self._pick(EVENTS)
        changes: Sequence[JsonObject] = [
            {"summary": self.random.choice(TITLES)},
            {"colorId": self.random.choice(["5", "6"])},
            {"status": self.random.choice(["cancelled", "confirmed"])},
            {"transparency": self.random.choice(["transparent", "opaque"])},
            {"attendees": [{"self": True, "responseStatus": self.random.choice(["declined", "accepted"])}]},
            {"eventType": self.random.choice(["workingLocation", "default"])},
            {"visibility": self.random.choice(["private", "default"])},
        ]
        return f"event edited: {self._store(EVENTS, source_id, data | self.random.choice(changes))}"

    def _move_event(self) -> str:
        source_id, data = self._pick(EVENTS)
        length = self.random.choice([HOUR, 9 * HOUR, 30 * HOUR])
        moved = data | _times(self._any_time() + timedelta(days=self.random.randrange(-2, 9)), length)
        if self.random.random() < 0.2:
            moved |= {"start": {"date": f"{self.now:%Y-%m-%d}"}, "end": {"date": f"{self.now + 48 * HOUR:%Y-%m-%d}"}}
        return f"event moved: {self._store(EVENTS, source_id, moved)}"

    def _cover(self) -> str:
        start = self._any_time() - timedelta(days=3)
        span = Span(start, start + timedelta(days=self.random.randrange(2, 40)))
        calendar = self.random.choice(["me@example.test", "shared@example.test"])
        raw.record_coverage(self.connection, "gcal", f"events:{calendar}", span)
        return f"read in full: {calendar} {span.start:%Y-%m-%d %H:%M}Z to {span.end:%Y-%m-%d %H:%M}Z"

    def _toggle_calendar(self) -> str:
        source_id, data = self._pick(CALENDARS)
        buried = self.connection.execute(
            "select deleted_at is not null from raw.google_calendar__calendar_list where source_id = %s", (source_id,)
        ).fetchone()
        ways = [Batch(CALENDARS, [], deleted=[source_id]), Batch(CALENDARS, [Row(source_id, data | {"deleted": True})])]
        back = Batch(CALENDARS, [Row(source_id, data | {"deleted": False})])
        batch = back if buried == (True,) or data.get("deleted") else self.random.choice(ways)
        raw.load(self.connection, "gcal", "calendars", [batch], None)
        return f"calendar {source_id} is {'back in' if batch is back else 'off'} the list"

    def _edit_project(self) -> str:
        source_id, data = self._pick(PROJECTS)
        changes: Sequence[JsonObject] = [
            {"name": self.random.choice(["Renamed", "Movie", "Work"])},
            {"client_id": self.random.choice([11, 12, 15, None])},
            {"active": not data.get("active")},
            {"color": self.random.choice(["#aa0000", "#00aa00"])},
        ]
        return f"project edited: {self._store(PROJECTS, source_id, data | self.random.choice(changes))}"

    def _insert_project(self) -> str:
        project_id = self._fresh()
        name = self.random.choice(["Movie", "Team lunch", "Brand new"])
        data: JsonObject = {"id": project_id, "name": name, "color": "#123456", "client_id": 15, "active": True}
        return f"new project: {self._store(PROJECTS, str(project_id), data)}"

    def _edit_client(self) -> str:
        client_id = self.random.choice([11, 12, 15])
        data: JsonObject = {"id": client_id, "name": self.random.choice(["Acme", "University", "Friends"])}
        return f"client: {self._store(CLIENTS, str(client_id), data)}"

    def _change_holidays(self) -> str:
        day = self._any_time().date()
        self._run(
            "insert into raw.national_holidays values ('JP', %s, 'New', '新')"
            " on conflict (country, day) do update set name_en = 'Renamed'",
            day,
        )
        self._run("delete from raw.national_holidays where country = 'JP' and day < %s", day - timedelta(days=20))
        return f"a holiday on {day}, none before 20 days earlier"

    def _store(self, table: str, source_id: str, data: JsonObject) -> str:
        """By our loader or by an older writer, which knows nothing of tombstones."""
        if self.random.random() < 0.6:
            batch = Batch(table, [Row(source_id, data)], api_version="v9")
            raw.load(self.connection, *_stream(table), [batch], None)
            return f"{source_id} {json.dumps(data)}"
        self._run(
            f"insert into raw.{table} (source_id, data) values (%s, %s)"  # noqa: S608
            " on conflict (source_id) do update set data = excluded.data, synced_at = now()",
            source_id,
            json.dumps(data),
        )
        return f"{source_id} {json.dumps(data)}, by an older writer"

    def _pick(self, table: str, preferred: str = "deleted_at is null") -> tuple[str, JsonObject]:
        """Some row of a table, if possible one for which the condition holds."""
        rows = self.connection.execute(
            f"select source_id, data from raw.{table}"  # noqa: S608
            f" order by ({preferred}) desc, md5(source_id || %s)".encode(),
            (str(self.random.random()),),
        ).fetchall()
        source_id, data = rows[0]
        return str(source_id), cast(dict[str, JsonValue], data)

    def _any_time(self) -> datetime:
        """A minute between the beginning and now, often a recent one."""
        reach = self.now - self.begins if self.random.random() < 0.7 else timedelta(days=2)
        return self.now.replace(second=0, microsecond=0) - self.random.random() * reach // timedelta(
            minutes=1
        ) * timedelta(minutes=1)

    def _fresh(self) -> int:
        self._number += 1
        return 1_000_000 + self._number

    def _run(self, statement: str, *values: object) -> None:
        self.connection.execute(statement.encode(), values)


def _times(start: datetime, length: timedelta) -> JsonObject:
    return {"start": {"dateTime": start.isoformat()}, "end": {"dateTime": (start + length).isoformat()}}


def _stream(table: str) -> tuple[str, str]:
    return table.split("_", maxsplit=1)[0].replace("google", "gcal"), table
