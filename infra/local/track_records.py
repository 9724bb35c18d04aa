"""What a Toggl account is made of: its people, where they track, what they book on, and the time they tracked."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class User:
    """The account's owner; days begin and end in `timezone` (IANA)."""

    id: int
    email: str
    fullname: str
    timezone: str
    default_workspace_id: int
    created_at: datetime
    at: datetime | None = None


@dataclass(frozen=True)
class Colleague:
    """Another member of a workspace, whose time the owner sees in reports alone."""

    id: int
    workspace_id: int
    email: str
    fullname: str


@dataclass(frozen=True)
class Organization:
    """What a plan, and so an hourly quota, belongs to."""

    id: int
    name: str
    created_at: datetime


@dataclass(frozen=True)
class Workspace:
    """Where projects, clients, tags and entries live."""

    id: int
    organization_id: int
    name: str
    at: datetime


@dataclass(frozen=True)
class Client:
    """Whom projects are done for."""

    id: int
    workspace_id: int
    name: str
    at: datetime
    archived: bool = False
    deleted_at: datetime | None = None


@dataclass(frozen=True)
class Project:
    """What entries are booked on; not `active` means archived."""

    id: int
    workspace_id: int
    name: str
    color: str
    at: datetime
    created_at: datetime
    client_id: int | None = None
    active: bool = True
    deleted_at: datetime | None = None


@dataclass(frozen=True)
class Tag:
    """A word that entries carry."""

    id: int
    workspace_id: int
    name: str
    at: datetime
    deleted_at: datetime | None = None


@dataclass(frozen=True)
class Entry:
    """One stretch of tracked time, in whole UTC seconds; without `stop` it is running.

    `user_id` is None for the account's owner. `duration` is what the service says in seconds where that is neither
    the time between start and stop nor, for a running entry, minus the start: 0 without a stop is not running.
    """

    id: int
    workspace_id: int
    start: datetime
    stop: datetime | None
    at: datetime
    description: str | None = None
    project_id: int | None = None
    tag_ids: tuple[int, ...] = ()
    deleted_at: datetime | None = None
    user_id: int | None = None
    duration: int | None = None

    @property
    def is_running(self) -> bool:
        """Whether the timer runs."""
        return self.stop is None and self.deleted_at is None and (self.duration is None or self.duration < 0)

    @property
    def tracked_seconds(self) -> int:
        """The time from start to stop in seconds; 0 without a stop."""
        return 0 if self.stop is None else int((self.stop - self.start).total_seconds())
