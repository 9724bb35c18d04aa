"""Makes the invented world: one believable life up to now, the same for the same seed and the same present."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

from infra.local.agenda import Agenda, Attendee, Calendar, Event, Series, Weekly, event_id, instance_id
from infra.local.clock import Clock
from infra.local.days import Draft, day_as_lived
from infra.local.habits import (
    ARCHIVED_PROJECT,
    CLIENTS,
    HABITS,
    HOLIDAYS,
    PRIMARY,
    PROJECTS,
    STUDY,
    TAGS,
    WORK,
    Block,
    Habit,
    blocks_of,
    change_of,
)
from infra.local.track import Client, Entry, Organization, Project, Tag, Track, User, Workspace
from infra.local.world import World

PLANNED_DAYS_BACK = 60
PLANNED_DAYS_AHEAD = 45
_BEGAN = datetime(2024, 4, 1, 3, 0, tzinfo=UTC)
_USER_ID = 9_000_001
_ORGANIZATION_ID = 6_000_001
_WORKSPACE_ID = 7_000_001
_CLIENT_IDS = 4_000_001
_PROJECT_IDS = 205_000_001
_TAG_IDS = 3_000_001
# An entry's id tells its day, so that a day keeps its ids however long the history before it is.
_ENTRY_IDS = 3_900_000_000
_ENTRY_IDS_OF_A_DAY = 100
_FIRST_ORDINAL = date(2020, 1, 1).toordinal()
_DAY_MINUTES = 24 * 60
_EVENING = 22 * 60 + 30
_PROPERTIES: dict[str, dict[str, object]] = {
    "workingLocation": {"workingLocationProperties": {"type": "homeOffice", "homeOffice": {}}},
    "birthday": {"birthdayProperties": {"type": "birthday"}},
}


def live(seed: int, clock: Clock, zone: ZoneInfo, days: int = 100) -> World:
    """The world of the seed's person who has lived in `zone` and logged the last `days` days until the clock's now.

    Past days do not depend on the present: a world made later repeats them and goes on.
    """
    now = clock()
    track = Track(clock, User(_USER_ID, PRIMARY, "Demo Person", zone.key, _WORKSPACE_ID, _BEGAN))
    _furnish(track, now.astimezone(zone))
    _log(track, seed, now, zone, days)
    agenda = Agenda(clock, PRIMARY)
    _plan(agenda, seed, now, zone)
    return World(clock, track, agenda)


def _furnish(track: Track, now: datetime) -> None:
    """Give the account its workspace, clients, projects and tags."""
    track.organizations[_ORGANIZATION_ID] = Organization(_ORGANIZATION_ID, "Demo", _BEGAN)
    track.workspaces[_WORKSPACE_ID] = Workspace(_WORKSPACE_ID, _ORGANIZATION_ID, "Demo workspace", _BEGAN)
    old_project, old_color, old_client = ARCHIVED_PROJECT
    for number, name in enumerate((*CLIENTS, old_client), _CLIENT_IDS):
        track.clients[number] = Client(number, _WORKSPACE_ID, name, _BEGAN, archived=name == old_client)
    clients = {client.name: client.id for client in track.clients.values()}
    for number, (name, color, client) in enumerate(PROJECTS, _PROJECT_IDS):
        client_id = clients[client] if client else None
        track.projects[number] = Project(number, _WORKSPACE_ID, name, color, _BEGAN, _BEGAN, client_id)
    number = _PROJECT_IDS + len(PROJECTS)
    put_away = _last_sixth(now).astimezone(UTC)
    track.projects[number] = Project(
        number, _WORKSPACE_ID, old_project, old_color, put_away, _BEGAN, clients[old_client], active=False
    )
    for number, name in enumerate(TAGS, _TAG_IDS):
        track.tags[number] = Tag(number, _WORKSPACE_ID, name, _BEGAN)


def _last_sixth(now: datetime) -> datetime:
    """The last 6th of a month at nine: the day after its monthly copy the old project is archived again."""
    sixth = now.replace(day=6, hour=9, minute=0, second=0, microsecond=0)
    if sixth <= now:
        return sixth
    return (sixth - timedelta(days=sixth.day)).replace(day=6)


def _log(track: Track, seed: int, now: datetime, zone: ZoneInfo, days: int) -> None:
    """Log the days until now."""
    projects = {project.name: project.id for project in track.projects.values()}
    tags = {tag.name: tag.id for tag in track.tags.values()}
    today = now.astimezone(zone).date()
    for ago in range(days, -1, -1):
        day = today - timedelta(days=ago)
        first_id = _ENTRY_IDS + (day.toordinal() - _FIRST_ORDINAL) * _ENTRY_IDS_OF_A_DAY
        midnight = datetime.combine(day, time(), zone)
        evening = _moment(midnight, _EVENING)
        for number, draft in enumerate(day_as_lived(seed, day), first_id):
            start, stop = _moment(midnight, draft.start), _moment(midnight, draft.stop)
            # A clock change can turn a short stretch around.
            if start <= now and start < stop:
                changed, deleted = _last_change(number, draft, stop, evening, now)
                track.entries[number] = Entry(
                    number,
                    _WORKSPACE_ID,
                    start,
                    stop,
                    at=changed,
                    description=draft.description,
                    project_id=projects[draft.project] if draft.project else None,
                    tag_ids=(tags[draft.tag],) if draft.tag else (),
                    deleted_at=deleted,
                )
    _run_the_last(track, now)


def _last_change(
    number: int, draft: Draft, stop: datetime, evening: datetime, now: datetime
) -> tuple[datetime, datetime | None]:
    """When an entry was last changed, and when it was deleted, if it was; some are edited late in the day."""
    saved = stop + timedelta(seconds=2 + number % 7, microseconds=number * 7919 % 1_000_000)
    if draft.deleted_after_seconds is not None:
        deleted = stop + timedelta(seconds=draft.deleted_after_seconds)
        if deleted <= now:
            return min(now, deleted + timedelta(microseconds=112_262)), deleted
    if draft.edited_in_the_evening and stop < evening <= now:
        saved = evening
    return min(now, saved), None


def _run_the_last(track: Track, now: datetime) -> None:
    """Let the timer of what is under way run, and stop what is open beside it where that began."""
    newest_first = track.live_entries()
    under_way = [entry for entry in newest_first if entry.stop is not None and entry.stop > now]
    for running in (under_way or newest_first)[:1]:
        started = min(now, running.start + timedelta(seconds=1))
        track.entries[running.id] = replace(running, stop=None, at=started)
        for other in under_way[1:]:
            if other.start < running.start:
                track.entries[other.id] = replace(other, stop=running.start, at=started)
            else:
                del track.entries[other.id]


def _moment(midnight: datetime, minute: int) -> datetime:
    """The UTC time of a minute of a local day, with seconds that whatever begins or ends in it shares."""
    seconds = (midnight.toordinal() * _DAY_MINUTES + minute) * 7919 % 3571 % 60
    return (midnight + timedelta(minutes=minute, seconds=seconds)).astimezone(UTC)


def _plan(agenda: Agenda, seed: int, now: datetime, zone: ZoneInfo) -> None:
    """Fill the calendars from some weeks back to some weeks ahead with what is planned by now."""
    today = now.astimezone(zone).date()
    # From the first of a month, so that the past does not lose a day with every day that passes.
    first = (today - timedelta(days=PLANNED_DAYS_BACK)).replace(day=1)
    last = today + timedelta(days=PLANNED_DAYS_AHEAD)
    for calendar in (
        Calendar(PRIMARY, PRIMARY, zone.key, "16", _BEGAN, summary_override="予定", primary=True),
        Calendar(WORK, "仕事 / Work", zone.key, "9", _BEGAN),
        Calendar(STUDY, "学習", zone.key, "11", _BEGAN),
        Calendar(HOLIDAYS, "日本の祝日", zone.key, "8", _BEGAN, access_role="reader", selected=False),
    ):
        agenda.calendars[calendar.id] = calendar
    for habit in HABITS:
        _repeat(agenda, seed, habit, Weekly(habit.weekdays, last), first)
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        for habit in HABITS:
            if day.weekday() in habit.weekdays:
                _deviate(agenda, seed, habit, day, now)
        for block in blocks_of(seed, day):
            _book(agenda, seed, block, day, now)
    named = holidays.country_holidays("JP", years=range(first.year, last.year + 1), language="ja")
    for day, name in sorted(named.items()):
        holiday = Event(
            event_id("holiday", day), HOLIDAYS, name, day, day + timedelta(days=1), _BEGAN, _BEGAN, transparent=True
        )
        agenda.singles[HOLIDAYS, holiday.id] = holiday


def _repeat(agenda: Agenda, seed: int, habit: Habit, rule: Weekly, first: date) -> None:
    zone = ZoneInfo(agenda.calendars[habit.calendar].time_zone)
    while first.weekday() not in habit.weekdays:
        first += timedelta(days=1)
    start = datetime.combine(first, time(), zone) + timedelta(minutes=habit.at_minute)
    end = start + timedelta(minutes=habit.minutes)
    master = Event(event_id(seed, habit.key), habit.calendar, habit.title, start, end, _BEGAN, _BEGAN)
    agenda.series[habit.calendar, master.id] = Series(master, rule)


def _deviate(agenda: Agenda, seed: int, habit: Habit, day: date, now: datetime) -> None:
    """Move or cancel one occurrence, if that has been decided by now: the evening before, or the same morning."""
    change = change_of(seed, habit, day)
    zone = ZoneInfo(agenda.calendars[habit.calendar].time_zone)
    midnight = datetime.combine(day, time(), zone)
    decided = midnight + timedelta(minutes=-200 if day.toordinal() % 3 else 8 * 60 + 40)
    if change is None or decided > now:
        return
    meant = midnight + timedelta(minutes=habit.at_minute)
    start = meant if change == "cancelled" else meant + timedelta(minutes=change)
    series = agenda.series[habit.calendar, event_id(seed, habit.key)]
    exception = replace(
        series.master,
        id=instance_id(series.master.id, meant),
        start=start,
        end=start + timedelta(minutes=habit.minutes),
        updated=decided.astimezone(UTC),
        status="cancelled" if change == "cancelled" else "confirmed",
        series_id=series.master.id,
        original_start=meant,
    )
    agenda.exceptions[habit.calendar, exception.id] = exception


def _book(agenda: Agenda, seed: int, block: Block, day: date, now: datetime) -> None:
    """Enter a plan for one day alone, if it has been made by now."""
    zone = ZoneInfo(agenda.calendars[block.calendar].time_zone)
    midnight = datetime.combine(day, time(), zone)
    made = (midnight - timedelta(days=block.made_days_before - 1, minutes=220)).astimezone(UTC)
    called_off = (midnight - timedelta(hours=5, minutes=30)).astimezone(UTC)
    cancelled = block.fate == "cancelled" and called_off <= now
    if made > now:
        return
    start: date = day
    end = day + timedelta(days=block.whole_days)
    if block.whole_days == 0:
        start = midnight + timedelta(minutes=block.at_minute)
        end = start + timedelta(minutes=block.minutes)
    status = block.fate if cancelled or block.fate != "cancelled" else "confirmed"
    guests = (Attendee("colleague@example.test", organizer=True), Attendee(PRIMARY, "declined", self_=True))
    event = Event(
        event_id(seed, day, block.key),
        block.calendar,
        block.title,
        start,
        end,
        created=made,
        updated=called_off if cancelled else made,
        status=status,
        event_type=block.event_type,
        color_id=block.color_id,
        transparent=block.transparent,
        visibility="public" if block.event_type == "workingLocation" else None,
        attendees=guests if block.declined else (),
        properties=_PROPERTIES.get(block.event_type, {}),
    )
    agenda.singles[block.calendar, event.id] = event
