"""What the invented Toggl account holds, and every way in which its owner can change it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypedDict, Unpack

from infra.local.clock import Clock, Stamps
from infra.local.ledger import Ledger
from infra.local.track_records import Client, Colleague, Entry, Organization, Project, Tag, User, Workspace

__all__ = [
    "Client",
    "Colleague",
    "Entry",
    "Organization",
    "Project",
    "Tag",
    "Track",
    "User",
    "Workspace",
]


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
    duration: int | None


class UserFields(TypedDict, total=False):
    """What a person can change in the own profile."""

    fullname: str
    timezone: str


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
    """The account by the ids of what it holds; every change stamps what it touches with the clock's time.

    `entries` are the owner's own; what the owner's colleagues track in shared workspaces is in `colleague_entries`.
    """

    clock: Clock
    user: User
    organizations: dict[int, Organization] = field(default_factory=dict)
    workspaces: dict[int, Workspace] = field(default_factory=dict)
    clients: dict[int, Client] = field(default_factory=dict)
    projects: dict[int, Project] = field(default_factory=dict)
    tags: dict[int, Tag] = field(default_factory=dict)
    entries: Ledger = field(default_factory=Ledger)
    colleagues: dict[int, Colleague] = field(default_factory=dict)
    colleague_entries: Ledger = field(default_factory=Ledger)

    def __post_init__(self) -> None:
        self._stamps = Stamps(self.clock)
        self._next_id = 4_100_000_000

    def live_entries(self) -> list[Entry]:
        """Every entry of the owner that is not deleted, the running one included, newest start first."""
        return self.entries.live()

    def running_entry(self) -> Entry | None:
        """The owner's entry whose timer runs, or None."""
        return self.entries.running()

    def edit_user(self, **fields: Unpack[UserFields]) -> User:
        """Change the owner's profile, such as the time zone after a move."""
        self.user = replace(self.user, at=self._stamps.next(), **fields)
        return self.user

    def add_entry(self, start: datetime, stop: datetime | None, **labels: Unpack[EntryLabels]) -> Entry:
        """Log time from `start` to `stop`, whole seconds, or start a timer, which stops the one that runs."""
        if stop is None:
            self.stop_timer()
        workspace_id = self.user.default_workspace_id
        blank = Entry(self._new_id(), workspace_id, start, stop, self._stamps.next())
        return self._put_entry(replace(blank, **labels))

    def add_entry_of(
        self, colleague_id: int, start: datetime, stop: datetime | None, **labels: Unpack[EntryLabels]
    ) -> Entry:
        """Let a colleague track time; it is changed and deleted like the owner's."""
        workspace_id = self.colleagues[colleague_id].workspace_id
        blank = Entry(self._new_id(), workspace_id, start, stop, self._stamps.next(), user_id=colleague_id)
        return self._put_entry(replace(blank, **labels))

    def stop_timer(self) -> Entry | None:
        """Stop the running entry now, as the service does when another is started."""
        running = self.running_entry()
        if running is None:
            return None
        now = self.clock().replace(microsecond=0)
        return self.edit_entry(running.id, stop=max(now, running.start))

    def edit_entry(self, entry_id: int, **fields: Unpack[EntryFields]) -> Entry:
        """Change an entry, however old; in another workspace it has none of the first one's projects and tags."""
        entry = self._entry(entry_id)
        if fields.get("workspace_id", entry.workspace_id) != entry.workspace_id:
            entry = replace(entry, project_id=None, tag_ids=())
        if {"start", "stop"} & set(fields):
            entry = replace(entry, duration=None)
        return self._put_entry(replace(entry, at=self._stamps.next(), **fields))

    def delete_entry(self, entry_id: int) -> Entry:
        """Delete an entry: only a reader who asks for changes hears of it again."""
        stamp = self._stamps.next()
        return self._put_entry(replace(self._entry(entry_id), at=stamp, deleted_at=stamp.replace(microsecond=0)))

    def restore_entry(self, entry_id: int) -> Entry:
        """Take a deletion back."""
        return self._put_entry(replace(self._entry(entry_id), at=self._stamps.next(), deleted_at=None))

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
        for entry in self._all_entries():
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
        for entry in self._all_entries():
            if tag_id in entry.tag_ids:
                self.edit_entry(entry.id, tag_ids=tuple(other for other in entry.tag_ids if other != tag_id))
        stamp = self._stamps.next()
        self.tags[tag_id] = replace(self.tags[tag_id], at=stamp, deleted_at=stamp)
        return self.tags[tag_id]

    def add_organization(self, name: str) -> Organization:
        """Join another organization, which has an hourly quota of its own."""
        organization = Organization(self._new_id(), name, self._stamps.next())
        self.organizations[organization.id] = organization
        return organization

    def add_workspace(self, name: str, organization_id: int | None = None) -> Workspace:
        """Make another workspace, in the user's first organization unless another is named."""
        workspace = Workspace(self._new_id(), organization_id or min(self.organizations), name, at=self._stamps.next())
        self.workspaces[workspace.id] = workspace
        return workspace

    def add_colleague(self, fullname: str, workspace_id: int | None = None) -> Colleague:
        """Share a workspace with somebody."""
        number = self._new_id()
        workspace_id = workspace_id or self.user.default_workspace_id
        colleague = Colleague(number, workspace_id, f"colleague-{number}@example.test", fullname)
        self.colleagues[colleague.id] = colleague
        return colleague

    def remove_workspace(self, workspace_id: int) -> None:
        """Let a workspace and all that is in it vanish without a word, as an expired free one does."""
        del self.workspaces[workspace_id]
        self.clients = {key: row for key, row in self.clients.items() if row.workspace_id != workspace_id}
        self.projects = {key: row for key, row in self.projects.items() if row.workspace_id != workspace_id}
        self.tags = {key: row for key, row in self.tags.items() if row.workspace_id != workspace_id}
        self.colleagues = {key: row for key, row in self.colleagues.items() if row.workspace_id != workspace_id}
        for entry in self._all_entries():
            if entry.workspace_id == workspace_id:
                del self._ledger_of(entry)[entry.id]

    def _new_id(self) -> int:
        self._next_id += 1
        return self._next_id

    def _entry(self, entry_id: int) -> Entry:
        return self.entries[entry_id] if entry_id in self.entries else self.colleague_entries[entry_id]

    def _all_entries(self) -> list[Entry]:
        return [*self.entries.values(), *self.colleague_entries.values()]

    def _ledger_of(self, entry: Entry) -> Ledger:
        return self.entries if entry.user_id is None else self.colleague_entries

    def _put_entry(self, entry: Entry) -> Entry:
        self._ledger_of(entry)[entry.id] = entry
        return entry

    def _put_project(self, project: Project) -> Project:
        self.projects[project.id] = project
        return project
