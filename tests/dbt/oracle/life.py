"""A life as the second opinion is told it: what was tracked, what was planned, and when which of it was known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

PLAN_CUTOFF = time(4)


@dataclass(frozen=True)
class Valid:
    """The local days on which a line of a seed counts: `until` is the first that does not; None is for ever."""

    since: date | None = None
    until: date | None = None

    def on(self, day: date) -> bool:
        """Whether the line counts on this day."""
        return (self.since or date.min) <= day < (self.until or date.max)


ALWAYS = Valid()


@dataclass(frozen=True)
class Mapping_:  # noqa: N801 (the plain name is Python's)
    """A line of category_mappings.csv."""

    kind: str
    key: str
    category: str
    valid: Valid = ALWAYS


@dataclass(frozen=True)
class Social:
    """A line of social_mappings.csv; `client` is a name or an id."""

    client: str
    social: str
    valid: Valid = ALWAYS


@dataclass(frozen=True)
class Rule:
    """A line of plan_rules.csv; its pattern must mean the same to Postgres and to Python."""

    position: int
    pattern: str
    category: str
    valid: Valid = ALWAYS


@dataclass(frozen=True)
class Target:
    """A line of targets.csv; without a day type it is for every day."""

    category: str
    day_type: str | None
    direction: str
    seconds: int
    valid: Valid = ALWAYS


@dataclass(frozen=True)
class Private:
    """A line of private.csv; `key` is a name or an id."""

    kind: str
    key: str


@dataclass(frozen=True)
class Seeds:
    """The user's own files; `coarse` is the coarse group by category."""

    mappings: Sequence[Mapping_] = ()
    socials: Sequence[Social] = ()
    private: Sequence[Private] = ()
    rules: Sequence[Rule] = ()
    targets: Sequence[Target] = ()
    coarse: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Client:
    """A Toggl client."""

    client_id: int
    name: str


@dataclass(frozen=True)
class Project:
    """A Toggl project; its client need not be known."""

    project_id: int
    name: str
    color: str = "#525266"
    client_id: int | None = None
    is_active: bool = True
    is_deleted: bool = False


@dataclass(frozen=True)
class Entry:
    """A tracked entry; without `stop` it runs."""

    start: datetime
    entry_id: int
    stop: datetime | None
    project_id: int | None = None
    title: str | None = None
    is_deleted: bool = False


@dataclass(frozen=True)
class Event:
    """What a version of a calendar event says; an all-day one from its first date to the first it does not cover."""

    event_id: str
    start: datetime | date
    stop: datetime | date
    title: str | None = None
    calendar_id: str = "me@example.test"
    color_id: str | None = None
    event_type: str = "default"
    is_cancelled: bool = False
    is_declined: bool = False
    is_transparent: bool = False
    visibility: str | None = None

    @property
    def is_timed(self) -> bool:
        """Whether it has clock times."""
        return isinstance(self.start, datetime)

    @property
    def start_at(self) -> datetime:
        """When a timed event starts."""
        assert isinstance(self.start, datetime)
        return self.start

    @property
    def stop_at(self) -> datetime:
        """When a timed event stops."""
        assert isinstance(self.stop, datetime)
        return self.stop

    @property
    def source_id(self) -> str:
        """The key of its raw row."""
        return f"{self.calendar_id}:{self.event_id}"


@dataclass(frozen=True)
class Version:
    """What was known of an event from `seen_at` on, up to the next version; None: to this day."""

    event: Event
    seen_at: datetime
    superseded_at: datetime | None = None
    is_tombstone: bool = False

    def is_known_at(self, instant: datetime) -> bool:
        """Whether this was the version to believe at that time."""
        return self.seen_at <= instant and (self.superseded_at is None or instant < self.superseded_at)


@dataclass(frozen=True)
class Listing:
    """A version of a calendar's row in the user's list, as that of an event."""

    calendar_id: str
    name: str
    seen_at: datetime
    superseded_at: datetime | None = None
    is_tombstone: bool = False
    is_deleted: bool = False


@dataclass(frozen=True)
class Coverage:
    """A stretch of a calendar that had been read in full at `known_at`."""

    calendar_id: str
    start: datetime
    stop: datetime
    known_at: datetime


@dataclass(frozen=True)
class Source:
    """How fresh a source is."""

    name: str
    as_of: datetime | None
    is_configured: bool = True


@dataclass(frozen=True)
class Life:
    """All of it, and the moment `now` and the settings with which it is looked at."""

    zone: ZoneInfo
    now: datetime
    entries: Sequence[Entry] = ()
    versions: Sequence[Version] = ()
    projects: Sequence[Project] = ()
    clients: Sequence[Client] = ()
    listings: Sequence[Listing] = ()
    coverage: Sequence[Coverage] = ()
    sources: Sequence[Source] = ()
    holidays: Sequence[date] = ()
    seeds: Seeds = Seeds()
    gap_seconds: int = 0
    plan_cutoff: time = PLAN_CUTOFF


def aware(text: str) -> datetime:
    """The instant that a UTC time names."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
