"""What the invented Toggl account holds, and every way in which its owner can change it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypedDict, Unpack

from infra.local.clock import Clock, Stamps


@dataclass(frozen=True)
class User:
    """The account's owner; days begin and end in `timezone` (IANA)."""

    id: int
    email: str
    fullname: str
    timezone: str
    default_workspace_id: int
    created_at: datetime


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
    """One stretch of tracked time, in whole UTC seconds; without `stop` it is running."""

    id: int
    workspace_id: int
    start: datetime
    stop: datetime | None
    at: datetime
    description: str | None = None
    project_id: int | None = None
    tag_ids: tuple[int, ...] = ()
    deleted_at: datetime | None = None


class EntryLabels(TypedDict, total=False):
    """What a person can say about an entry, its times aside."""

    workspace_id: int
    description: str | None
    project_id: int | None
    tag_ids: tuple[int, ...]


class EntryFields(EntryLabels, total=False):
    """What a person can change on an entry."""

    start: datetime
    stop: datetime | None


class ProjectFields(TypedDict, total=False):
    """What a person can change on a project."""

    name: str
    color: str
    client_id: int | None
    active: bool


class ClientFields(TypedDict, total=False):
    """What a person can change on a client."""

    name: str
    archived: bool


@dataclass
class Track:
    """The account by the ids of what it holds; every change stamps what it touches with the clock's time."""

    clock: Clock
    user: User
    organizations: dict[int, Organization] = field(default_factory=dict)
    workspaces: dict[int, Workspace] = field(default_factory=dict)
    clients: dict[int, Client] = field(default_factory=dict)
    projects: dict[int, Project] = field(default_factory=dict)
    tags: dict[int, Tag] = field(default_factory=dict)
    entries: dict[int, Entry] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._stamps = Stamps(self.clock)
        self._next_id = 4_100_000_000

    def live_entries(self) -> list[Entry]:
        """Every entry that is not deleted, the running one included, newest start first."""
        return sorted(
            (entry for entry in self.entries.values() if entry.deleted_at is None),
            key=lambda entry: (entry.start, entry.id),
            reverse=True,
        )

    def running_entry(self) -> Entry | None:
        """The entry whose timer runs, or None."""
        return next((entry for entry in self.live_entries() if entry.stop is None), None)

    def add_entry(self, start: datetime, stop: datetime | None, **labels: Unpack[EntryLabels]) -> Entry:
        """Log time from `start` to `stop`, whole seconds, or start a timer, which stops the one that runs."""
        if stop is None:
            self.stop_timer()
        workspace_id = self.user.default_workspace_id
        blank = Entry(self._new_id(), workspace_id, start, stop, self._stamps.next())
        return self._put_entry(replace(blank, **labels))

    def stop_timer(self) -> Entry | None:
        """Stop the running entry now, as the service does when another is started."""
        running = self.running_entry()
        if running is None:
            return None
        now = self.clock().replace(microsecond=0)
        return self.edit_entry(running.id, stop=max(now, running.start))

    def edit_entry(self, entry_id: int, **fields: Unpack[EntryFields]) -> Entry:
        """Change an entry, however old; a workspace given moves it there."""
        return self._put_entry(replace(self.entries[entry_id], at=self._stamps.next(), **fields))

    def delete_entry(self, entry_id: int) -> Entry:
        """Delete an entry: only a reader who asks for changes hears of it again."""
        stamp = self._stamps.next()
        return self._put_entry(replace(self.entries[entry_id], at=stamp, deleted_at=stamp.replace(microsecond=0)))

    def restore_entry(self, entry_id: int) -> Entry:
        """Take a deletion back."""
        return self._put_entry(replace(self.entries[entry_id], at=self._stamps.next(), deleted_at=None))

    def add_project(
        self, name: str, color: str = "#525266", *, client_id: int | None = None, workspace_id: int | None = None
    ) -> Project:
        """Make an active project."""
        stamp = self._stamps.next()
        workspace_id = workspace_id or self.user.default_workspace_id
        return self._put_project(
            Project(self._new_id(), workspace_id, name, color, at=stamp, created_at=stamp, client_id=client_id)
        )

    def edit_project(self, project_id: int, **fields: Unpack[ProjectFields]) -> Project:
        """Rename, recolour, archive or reassign a project."""
        return self._put_project(replace(self.projects[project_id], at=self._stamps.next(), **fields))

    def delete_project(self, project_id: int) -> Project:
        """Delete a project; its entries stay and lose it, which changes them."""
        stamp = self._stamps.next()
        for entry in list(self.entries.values()):
            if entry.project_id == project_id:
                self.edit_entry(entry.id, project_id=None)
        return self._put_project(replace(self.projects[project_id], at=stamp, deleted_at=stamp))

    def add_client(self, name: str, workspace_id: int | None = None) -> Client:
        """Make a client."""
        client = Client(self._new_id(), workspace_id or self.user.default_workspace_id, name, at=self._stamps.next())
        self.clients[client.id] = client
        return client

    def edit_client(self, client_id: int, **fields: Unpack[ClientFields]) -> Client:
        """Rename or archive a client."""
        client = replace(self.clients[client_id], at=self._stamps.next(), **fields)
        self.clients[client.id] = client
        return client

    def delete_client(self, client_id: int) -> Client:
        """Delete a client; its projects stay and lose it."""
        for project in list(self.projects.values()):
            if project.client_id == client_id:
                self.edit_project(project.id, client_id=None)
        stamp = self._stamps.next()
        client = replace(self.clients[client_id], at=stamp, deleted_at=stamp)
        self.clients[client.id] = client
        return client

    def add_tag(self, name: str, workspace_id: int | None = None) -> Tag:
        """Make a tag."""
        tag = Tag(self._new_id(), workspace_id or self.user.default_workspace_id, name, at=self._stamps.next())
        self.tags[tag.id] = tag
        return tag

    def rename_tag(self, tag_id: int, name: str) -> Tag:
        """Give a tag another name; the entries that carry it are not touched."""
        self.tags[tag_id] = replace(self.tags[tag_id], name=name, at=self._stamps.next())
        return self.tags[tag_id]

    def delete_tag(self, tag_id: int) -> Tag:
        """Delete a tag and take it off every entry that carries it."""
        for entry in list(self.entries.values()):
            if tag_id in entry.tag_ids:
                self.edit_entry(entry.id, tag_ids=tuple(other for other in entry.tag_ids if other != tag_id))
        stamp = self._stamps.next()
        self.tags[tag_id] = replace(self.tags[tag_id], at=stamp, deleted_at=stamp)
        return self.tags[tag_id]

    def add_workspace(self, name: str) -> Workspace:
        """Make another workspace in the user's first organization."""
        organization_id = min(self.organizations)
        workspace = Workspace(self._new_id(), organization_id, name, at=self._stamps.next())
        self.workspaces[workspace.id] = workspace
        return workspace

    def remove_workspace(self, workspace_id: int) -> None:
        """Let a workspace and all that is in it vanish without a word, as an expired free one does."""
        del self.workspaces[workspace_id]
        self.clients = {key: row for key, row in self.clients.items() if row.workspace_id != workspace_id}
        self.projects = {key: row for key, row in self.projects.items() if row.workspace_id != workspace_id}
        self.tags = {key: row for key, row in self.tags.items() if row.workspace_id != workspace_id}
        self.entries = {key: row for key, row in self.entries.items() if row.workspace_id != workspace_id}

    def _new_id(self) -> int:
        self._next_id += 1
        return self._next_id

    def _put_entry(self, entry: Entry) -> Entry:
        self.entries[entry.id] = entry
        return entry

    def _put_project(self, project: Project) -> Project:
        self.projects[project.id] = project
        return project
