"""Toggl's Reports API v3 as far as history is read from it: the detailed report and its totals."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.responses import Response
from starlette.routing import Route

from infra.local.toggl_door import BeyondPlanError, Door, refuse
from infra.local.toggl_json import whole_second
from infra.local.toggl_report import Group, Report, local_day
from infra.local.toggl_report_body import LONGEST_SPAN, Page, Question, read_body, read_page, read_question
from infra.local.toggl_switches import TogglSwitches
from infra.local.track import Entry, Track
from infra.local.wire import Ask, JsonObject, json_response


class ReportsApi:
    """The routes under `/reports/api/v3`."""

    def __init__(self, track: Track, switches: TogglSwitches, door: Door) -> None:
        self._track = track
        self._switches = switches
        self._door = door
        self._report = Report(track, switches)

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
        groups, question, page = self._asked(ask)
        if self._switches.report_cursor_needs_timestamp and page.has_id and not page.has_timestamp:
            groups = []
        end = page.first_row - 1 + min(page.size, self._switches.report_page_cap)
        shown = groups[page.first_row - 1 : end]
        rows = [self._row(group, number, page) for number, group in enumerate(shown, page.first_row)]
        headers = {}
        if end < len(groups):
            following = groups[end][0]
            stamp = following.at if question.order == "last_update" else following.start
            headers = {
                "X-Next-ID": str(following.id),
                "X-Next-Row-Number": str(end + 1),
                "X-Next-Timestamp": str(int(stamp.timestamp())),
            }
        return json_response(rows, headers=headers)

    def _totals(self, ask: Ask) -> Response:
        groups, _, page = self._asked(ask)
        by_day: dict[date, int] = {}
        for entry in (entry for group in groups for entry in group):
            day = local_day(entry, self._zone)
            by_day[day] = by_day.get(day, 0) + self._seconds(entry, page)
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

    def _asked(self, ask: Ask) -> tuple[list[Group], Question, Page]:
        """The report that a request is about, as what it asks for and how."""
        text = ask.path["workspace_id"]
        if not text.isdecimal():
            refuse(400, "Invalid workspace id")
        if int(text) not in self._track.workspaces:
            refuse(403, "Workspace not found or not accessible")
        body = read_body(ask)
        question, page = read_question(body), read_page(body)
        if question.last_day - question.first_day >= LONGEST_SPAN:
            if self._switches.report_overlong_is_empty:
                return [], question, page
            refuse(400, f"The span must not exceed {LONGEST_SPAN.days} days")
        reach = self._switches.report_reach_days
        if reach is not None and question.first_day < (self._track.clock() - timedelta(days=reach)).date():
            raise BeyondPlanError(f"reports on days more than {reach} days ago")
        return self._report.groups(int(text), question), question, page

    def _row(self, group: Group, number: int, page: Page) -> JsonObject:
        track, sample = self._track, group[0]
        user = track.user if sample.user_id is None else track.colleagues[sample.user_id]
        row: JsonObject = {
            "user_id": user.id,
            "username": user.fullname,
            "project_id": sample.project_id,
            "task_id": None,
            "billable": False,
            "description": sample.description or "",
            "tag_ids": list(sample.tag_ids),
            "billable_amount_in_cents": None,
            "hourly_rate_in_cents": None,
            "currency": "JPY",
            "time_entries": [self._entry(entry, page) for entry in group],
            "row_number": number,
        }
        if not page.enriched:
            return row
        project = track.projects.get(sample.project_id) if sample.project_id else None
        client = track.clients.get(project.client_id) if project and project.client_id else None
        return row | {
            "email": user.email,
            "client_name": client.name if client else None,
            "project_name": project.name if project else None,
            "project_color": "0",
            "project_hex": project.color if project else None,
            "task_name": None,
            "tag_names": [track.tags[tag_id].name for tag_id in sample.tag_ids],
        }

    def _entry(self, entry: Entry, page: Page) -> JsonObject:
        seconds = self._seconds(entry, page)
        stop = None if entry.stop is None else self._local(entry.start + timedelta(seconds=seconds))
        return {
            "id": entry.id,
            "seconds": -int(entry.start.timestamp()) if entry.is_running else seconds,
            "start": self._local(entry.start),
            "stop": stop,
            "at": whole_second(entry.at),
            "at_tz": self._local(entry.at.replace(microsecond=0)),
        }

    def _seconds(self, entry: Entry, page: Page) -> int:
        """An entry's length, rounded as the request or else the person's preferences say: up, down or to the nearest.

        Source: Toggl API, workspace preferences, `rounding` 1, -1 and 0; no minutes is no rounding.
        """
        given = page.rounding_minutes
        step = 60 * (self._switches.report_rounding_minutes if given is None else given)
        seconds = entry.tracked_seconds
        if step == 0:
            return seconds
        return (seconds + {1: step - 1, 0: step // 2, -1: 0}[page.rounding]) // step * step

    def _local(self, moment: datetime) -> str:
        return moment.astimezone(self._zone).isoformat()
