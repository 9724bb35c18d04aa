"""Toggl's Reports API v3 as far as history is read from it: the detailed report and its totals."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from json import JSONDecodeError, loads
from zoneinfo import ZoneInfo

from starlette.responses import Response
from starlette.routing import Route

from infra.local.toggl_door import Door, TogglSwitches, refuse, refuse_value
from infra.local.toggl_json import whole_second
from infra.local.track import Entry, Track
from infra.local.wire import Ask, JsonObject, iso_date, json_response

LONGEST_SPAN = timedelta(days=366)
_DEFAULT_PAGE = 50
_Group = tuple[Entry, ...]


class ReportsApi:
    """The routes under `/reports/api/v3`."""

    def __init__(self, track: Track, switches: TogglSwitches, door: Door) -> None:
        self._track = track
        self._switches = switches
        self._door = door

    def routes(self) -> list[Route]:
        """Every route, guarded."""
        base = "/reports/api/v3/workspace/{workspace_id}/search/time_entries"
        guard = self._door.guard
        return [
            Route(base, guard(self._search, feature="reports"), methods=["POST"]),
            Route(f"{base}/totals", guard(self._totals, feature="reports"), methods=["POST"]),
        ]

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self._track.user.timezone)

    def _search(self, ask: Ask) -> Response:
        body = _body(ask)
        groups = self._groups(self._matching(ask, body), body)
        first = _positive(body, "first_row_number", 1)
        if self._switches.report_cursor_needs_timestamp and "first_id" in body and "first_timestamp" not in body:
            groups = []
        size = min(_positive(body, "page_size", _DEFAULT_PAGE), self._switches.report_page_cap)
        shown = groups[first - 1 : first - 1 + size]
        rest = groups[first - 1 + size :]
        enriched = _flag(body, "enrich_response")
        rows = [self._row(group, number, enriched=enriched) for number, group in enumerate(shown, first)]
        headers = {}
        if rest:
            following = rest[0][0]
            headers = {
                "X-Next-ID": str(following.id),
                "X-Next-Row-Number": str(first + size),
                "X-Next-Timestamp": str(int(following.start.timestamp())),
            }
        return json_response(rows, headers=headers)

    def _totals(self, ask: Ask) -> Response:
        entries = self._matching(ask, _body(ask))
        by_day: dict[date, int] = {}
        for entry in entries:
            day = self._local_day(entry)
            by_day[day] = by_day.get(day, 0) + _seconds(entry)
        return json_response(
            {
                "seconds": sum(by_day.values()),
                "tracked_days": len(by_day),
                "billable_amount_in_cents": None,
                "labour_cost_in_cents": None,
                "rates": [],
                "graph": [{"seconds": by_day[day]} for day in sorted(by_day)],
                "resolution": "day",
            }
        )

    def _matching(self, ask: Ask, body: JsonObject) -> list[Entry]:
        """The finished entries of the workspace that the body asks for, in the order that it asks for."""
        text = ask.path["workspace_id"]
        if not text.isdecimal():
            refuse(400, "Invalid workspace id")
        if int(text) not in self._track.workspaces:
            refuse(403, "Workspace not found or not accessible")
        first_day, last_day = _span(body)
        wanted = self._filters(body)
        found = [
            entry
            for entry in self._track.live_entries()
            if entry.workspace_id == int(text)
            and entry.stop is not None
            and first_day <= self._local_day(entry) <= last_day
            and all(matches(entry) for matches in wanted)
        ]
        return self._ordered(found, body)

    def _filters(self, body: JsonObject) -> list[Callable[[Entry], bool]]:
        projects = self._track.projects

        def client_of(entry: Entry) -> int | None:
            return projects[entry.project_id].client_id if entry.project_id in projects else None

        readers: dict[str, Callable[[Entry], Iterable[int | None]]] = {
            "user_ids": lambda _entry: (self._track.user.id,),
            "project_ids": lambda entry: (entry.project_id,),
            "client_ids": lambda entry: (client_of(entry),),
            "tag_ids": lambda entry: entry.tag_ids or (None,),
            "time_entry_ids": lambda entry: (entry.id,),
        }
        filters: list[Callable[[Entry], bool]] = []
        for name, read in readers.items():
            wanted = body.get(name)
            if wanted is None:
                continue
            if not isinstance(wanted, list):
                refuse_value(name, str(wanted))
            filters.append(_any_of(read, wanted))
        description = body.get("description")
        if isinstance(description, str):
            filters.append(lambda entry: description.lower() in (entry.description or "").lower())
        return filters

    def _ordered(self, entries: list[Entry], body: JsonObject) -> list[Entry]:
        keys: dict[str, Callable[[Entry], tuple[object, ...]]] = {
            "date": lambda entry: (entry.start, entry.id),
            "user": lambda entry: (entry.start, entry.id),
            "duration": lambda entry: (_seconds(entry), entry.id),
            "description": lambda entry: (entry.description or "", entry.id),
            "last_update": lambda entry: (entry.at, entry.id),
        }
        order, direction = str(body.get("order_by", "date")), str(body.get("order_dir", "DESC"))
        if order not in keys:
            refuse(400, f"Invalid 'order_by' value, allowed values are: '{', '.join(keys)}'")
        if direction not in {"ASC", "DESC"}:
            refuse(400, "Invalid 'order_dir' value, allowed values are: 'ASC, DESC'")
        return sorted(entries, key=keys[order], reverse=direction == "DESC")

    def _groups(self, entries: list[Entry], body: JsonObject) -> list[_Group]:
        if not _flag(body, "grouped"):
            return [(entry,) for entry in entries]
        groups: dict[object, _Group] = {}
        for entry in entries:
            alike = entry.project_id, entry.description, frozenset(entry.tag_ids)
            groups[alike] = (*groups.get(alike, ()), entry)
        return list(groups.values())

    def _row(self, group: _Group, number: int, *, enriched: bool) -> JsonObject:
        track, sample = self._track, group[0]
        row: JsonObject = {
            "user_id": track.user.id,
            "username": track.user.fullname,
            "project_id": sample.project_id,
            "task_id": None,
            "billable": False,
            "description": sample.description or "",
            "tag_ids": list(sample.tag_ids),
            "billable_amount_in_cents": None,
            "hourly_rate_in_cents": None,
            "currency": "JPY",
            "time_entries": [self._entry(entry) for entry in group],
            "row_number": number,
        }
        if not enriched:
            return row
        project = track.projects.get(sample.project_id) if sample.project_id else None
        client = track.clients.get(project.client_id) if project and project.client_id else None
        return row | {
            "email": track.user.email,
            "client_name": client.name if client else None,
            "project_name": project.name if project else None,
            "project_color": "0",
            "project_hex": project.color if project else None,
            "task_name": None,
            "tag_names": [track.tags[tag_id].name for tag_id in sample.tag_ids],
        }

    def _entry(self, entry: Entry) -> JsonObject:
        stop = entry.start + timedelta(seconds=_seconds(entry))
        return {
            "id": entry.id,
            "seconds": _seconds(entry),
            "start": entry.start.astimezone(self._zone).isoformat(),
            "stop": stop.astimezone(self._zone).isoformat(),
            "at": whole_second(entry.at),
            "at_tz": entry.at.astimezone(self._zone).replace(microsecond=0).isoformat(),
        }

    def _local_day(self, entry: Entry) -> date:
        return entry.start.astimezone(self._zone).date()


def _any_of(read: Callable[[Entry], Iterable[int | None]], wanted: list[object]) -> Callable[[Entry], bool]:
    return lambda entry: any(value in wanted for value in read(entry))


def _seconds(entry: Entry) -> int:
    return 0 if entry.stop is None else int((entry.stop - entry.start).total_seconds())


def _body(ask: Ask) -> JsonObject:
    try:
        body = loads(ask.body or b"{}")
    except (JSONDecodeError, UnicodeDecodeError):
        refuse(400, "JSON is not valid")
    if not isinstance(body, dict):
        refuse(400, "JSON is not valid")
    if not body:
        refuse(400, "At least one parameter must be set")
    return body


def _span(body: JsonObject) -> tuple[date, date]:
    """The first and the last day asked for, both included."""
    first, last = iso_date(body.get("start_date")), iso_date(body.get("end_date"))
    if first is None:
        refuse_value("start_date", str(body.get("start_date")))
    if last is None or last < first:
        refuse_value("end_date", str(body.get("end_date")))
    if last - first >= LONGEST_SPAN:
        refuse(400, f"The span must not exceed {LONGEST_SPAN.days} days")
    return first, last


def _positive(body: JsonObject, name: str, default: int) -> int:
    value = body.get(name, default)
    if not isinstance(value, int) or value < 1:
        refuse_value(name, str(value))
    return value


def _flag(body: JsonObject, name: str) -> bool:
    value = body.get(name, False)
    if not isinstance(value, bool):
        refuse_value(name, str(value))
    return value
