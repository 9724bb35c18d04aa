"""Random agendas: what people plan, how they change their minds, and what the sync had seen of it by when."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from tests.dbt.oracle.life import PLAN_CUTOFF, Coverage, Event, Listing, Version

DAYS = 40
SECOND, MINUTE, HOUR = (timedelta(seconds=length) for length in (1, 60, 3600))
DAY = 24 * HOUR

TITLES = [
    "Work",
    "Mail",
    "Sleep",
    "Meals",
    "Twin",
    "Bygone",
    "Archive",
    "work",
    "Team lunch",
    "TEAM",
    "Dinner",
    "Movie",
    "",
    None,
]
CALENDARS = ["me@example.test", "shared@example.test", "gone@example.test", "other@example.test"]


def random_versions(begins: datetime, now: datetime, zone: ZoneInfo, random: Random) -> Sequence[Version]:
    """Events with all that was known of them: seen early, late or at the very cutoff, moved, dropped, revived."""
    last = begins + (DAYS + 6) * DAY
    versions = [Version(Event("last", last, last + HOUR, "Work"), begins)]
    for number in range(5 * DAYS):
        start = begins + DAY + random.randrange((DAYS + 3) * 96) * 15 * MINUTE
        stop = start + random.choice([15, 30, 60, 60, 120, 480, 2000]) * MINUTE
        event = Event(
            f"e{number}",
            start,
            stop,
            random.choice(TITLES),
            random.choice([CALENDARS[0]] * 4 + CALENDARS[1:]),
            random.choice([None, None, "5", "6"]),
        )
        cutoff = datetime.combine(start.astimezone(zone).date(), PLAN_CUTOFF, zone)
        versions += _history(event, cutoff, (begins + DAY, last), now, random)
    return versions


def _history(
    event: Event, cutoff: datetime, bounds: tuple[datetime, datetime], now: datetime, random: Random
) -> Iterator[Version]:
    """The versions of one event, the last of them present unless another writer has removed its row."""
    before = random.choice([20 * DAY, 9 * DAY, 2 * DAY, DAY, 5 * HOUR, -3 * HOUR, -2 * DAY])
    seen = min(event.start_at - before + random.randrange(3600) * SECOND, now - HOUR)
    changes = [
        seen + number * random.randrange(1, 80) * HOUR + random.randrange(60) * SECOND
        for number in range(random.choice([1, 1, 1, 2, 3, 5]))
    ]
    if random.random() < 0.15:
        changes.append(cutoff.astimezone(seen.tzinfo))
    times = sorted({at for at in changes if at <= now} | {seen})
    is_removed = random.random() < 0.04 and times[-1] < now
    is_tombstone = False
    for number, at in enumerate(times):
        until = times[number + 1] if number + 1 < len(times) else (now if is_removed else None)
        yield Version(event, at, until, is_tombstone)
        if is_tombstone or random.random() < 0.2:
            is_tombstone = not is_tombstone
        else:
            event = _changed(event, bounds, random)


def _changed(event: Event, bounds: tuple[datetime, datetime], random: Random) -> Event:
    """The event after a change of mind."""
    by = random.choice([-2 * DAY, -DAY, -90 * MINUTE, -15 * MINUTE, 10 * MINUTE, HOUR, DAY, 7 * DAY])
    moved = replace(event, start=event.start_at + by, stop=event.stop_at + by)
    ways = [
        replace(event, title=random.choice(TITLES)),
        replace(event, is_declined=not event.is_declined),
        replace(event, is_transparent=not event.is_transparent),
        replace(event, is_cancelled=not event.is_cancelled),
        replace(event, color_id=random.choice([None, "5", "6"])),
        replace(event, visibility=random.choice([None, "default", "public", "private", "confidential"])),
        replace(event, stop=event.stop_at + 20 * MINUTE),
        replace(event, stop=event.start),
        replace(event, event_type=random.choice(["default", "workingLocation", "birthday", "focusTime"])),
    ]
    if bounds[0] <= moved.start_at and moved.stop_at <= bounds[1]:
        ways += [moved] * 6
    found = random.choice(ways)
    return found if found.stop_at <= bounds[1] else event


def listings(begins: datetime) -> Sequence[Listing]:
    """One calendar is always there, one leaves and comes back, one goes for good, and one is in no list."""
    me, shared, gone, _ = CALENDARS
    left, back, dropped = (begins + days * DAY for days in (14, 22, 25))
    return [
        Listing(me, "Me", begins - DAY),
        Listing(shared, "Shared", begins + 2 * DAY, left),
        Listing(shared, "Shared", left, back, is_tombstone=True),
        Listing(shared, "Shared", back),
        Listing(gone, "Gone", begins + DAY, dropped),
        Listing(gone, "Gone", dropped, is_deleted=True),
    ]


def random_coverage(begins: datetime, random: Random) -> Sequence[Coverage]:
    """A first import on the sixth day, windows that follow one another; some say too little of a day to freeze it."""
    me, shared, *_ = CALENDARS
    first = Coverage(me, begins - 30 * DAY, begins + 20 * DAY + 5 * HOUR, begins + 6 * DAY)
    # Together they know the third day, each by itself does not.
    halves = [
        Coverage(me, begins - 9 * DAY, begins + 3 * DAY, begins + DAY),
        Coverage(shared, begins + 3 * DAY, begins + 4 * DAY, begins + DAY),
    ]
    windows = [
        Coverage(
            me, first.stop + number * 5 * DAY, first.stop + (number + 1) * 5 * DAY, begins + (17 + 4 * number) * DAY
        )
        for number in range(4)
    ]
    anywhere = [begins + random.randrange(DAYS * 24) * HOUR for _ in range(3)]
    return [first, *halves, *windows, *(Coverage(shared, at, at + 30 * HOUR, at - DAY) for at in anywhere)]
