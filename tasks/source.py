"""What a source is to the rest of lifetracer, and how to add one.

Say you log your weight at example.com, whose API lists all weighings as `[{"id": 7, "kg": 61.5, "at": "…"}]`.

1. Its file, `tasks/scales.py`, holds all that knows the service:

       SOURCE, TITLE = "scales", "Scales"

       def sync(connection: psycopg.Connection, token: SecretStr, now: datetime) -> SyncSummary:
           service = Service(SOURCE, TITLE, "https://example.com/api", auth=("me", token.get_secret_value()))
           question = Question("/weighings")
           answer = service.ask(question)
           if answer.status >= 300 or not isinstance(answer.body, list):
               raise service.refusal(question, answer)
           rows = [Row(str(record["id"]), record) for record in answer.body]
           gone = stored_ids(connection, "scales__weighings", "true", {}) - {row.source_id for row in rows}
           batch = Batch("scales__weighings", rows, gone if rows else (), "v1")
           loaded = load(connection, SOURCE, "weighings", [batch], {"read_at": now.isoformat()})
           return SyncSummary(SOURCE, tuple(loaded), service.requests)

       source = Source.of(SOURCE, TITLE, lambda settings: settings.scales_token, sync, "Set SCALES_TOKEN to …")

2. One line registers it, in `tasks/sources.py`:   `SOURCES = … (toggl.source, google_calendar.source, scales.source)`
3. One migration makes its table:                  `call raw.mirror('scales__weighings');`
4. Its variable goes where all variables are: a field `scales_token` in `tasks/settings.py`, explained in
   `infra/.env.example`.

That is all: `lifetracer sync scales`, the daily report, retries, the record of its freshness, tombstones and the
versions of every row follow. To schedule it by itself give it a deployment in `prefect.yaml`, to use its rows a folder
`dbt_project/models/staging/scales`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Self, TypeVar

import psycopg

from tasks.errors import SettingsError
from tasks.raw import SyncSummary
from tasks.settings import Settings

Access = TypeVar("Access")


@dataclass(frozen=True)
class Source:
    """One source: `title` is for people, `unset_hint` says in one line which variables set it up.

    `sync` brings its copy up to date as of a moment (aware); it raises SettingsError when the source is not set up.
    """

    name: str
    title: str
    configured: Callable[[Settings], bool]
    sync: Callable[[psycopg.Connection, Settings, datetime], SyncSummary]
    unset_hint: str

    @classmethod
    def of(
        cls,
        name: str,
        title: str,
        access: Callable[[Settings], Access | None],
        sync: Callable[[psycopg.Connection, Access, datetime], SyncSummary],
        unset_hint: str,
    ) -> Self:
        """The source whose `access` the settings hold, if it is set up, and that `sync` reads with it."""

        def sync_with_settings(connection: psycopg.Connection, settings: Settings, now: datetime) -> SyncSummary:
            found = access(settings)
            if found is None:
                raise source.unset
            return sync(connection, found, now)

        source = cls(name, title, lambda settings: access(settings) is not None, sync_with_settings, unset_hint)
        return source

    @property
    def unset(self) -> SettingsError:
        """The error for a source that is asked for but not set up."""
        return SettingsError(f"{self.title} is not set up.", self.unset_hint)
