"""Every source is synced in the same way, and how that went is on record."""

from collections.abc import Callable
from datetime import datetime

import psycopg
import pytest

from infra.local import credentials
from infra.local.server import StandIn
from tasks.errors import CredentialsError, DatabaseError, SettingsError
from tasks.settings import Settings, load_settings
from tasks.sources import SOURCES, sync_source
from tests.tasks.conftest import NOW, live_rows

SetUp = Callable[..., Settings]


@pytest.fixture
def set_up(stand_in: StandIn) -> SetUp:
    """Settings that reach the stand-in."""

    def set_up(**changes: str) -> Settings:
        return load_settings(
            **{
                "toggl_api_token": credentials.TOGGL_API_TOKEN,
                "toggl_api_url": stand_in.toggl_url,
                "google_client_id": credentials.GOOGLE_CLIENT_ID,
                "google_client_secret": credentials.GOOGLE_CLIENT_SECRET,
                "google_refresh_token": credentials.GOOGLE_REFRESH_TOKEN,
                "google_calendar_api_url": stand_in.calendar_url,
                "google_token_url": stand_in.token_url,
            }
            | changes
        )

    return set_up


def state(connection: psycopg.Connection, source: str) -> tuple[datetime | None, datetime | None, str | None]:
    """When the source was last tried, when it was last fresh, and what went wrong."""
    row = connection.execute(
        "select attempted_at, synced_at, error from raw.sync_state where source = %s and stream = 'all'", (source,)
    ).fetchone()
    connection.commit()
    assert row is not None
    return row[0], row[1], row[2]


@pytest.mark.parametrize(
    ("name", "table"), [("toggl", "toggl_track__time_entries"), ("gcal", "google_calendar__events")]
)
def test_a_source_is_synced_by_its_settings_and_is_fresh_then(
    set_up: SetUp, connection: psycopg.Connection, name: str, table: str
) -> None:
    summary = sync_source(name, connection, set_up(), now=NOW)
    assert summary.source == name
    assert len(live_rows(connection, table)) > 900
    attempted_at, synced_at, error = state(connection, name)
    assert (attempted_at, synced_at is not None, error) == (NOW, True, None)


def test_a_failure_is_on_record_and_leaves_the_freshness_as_it_was(
    set_up: SetUp, connection: psycopg.Connection
) -> None:
    sync_source("toggl", connection, set_up(), now=NOW)
    _, fresh, _ = state(connection, "toggl")
    with pytest.raises(CredentialsError):
        sync_source("toggl", connection, set_up(toggl_api_token="wrong"), now=NOW)
    assert state(connection, "toggl") == (NOW, fresh, "Toggl refuses the API token (403).")
    sync_source("toggl", connection, set_up(), now=NOW)
    assert state(connection, "toggl")[2] is None


def test_a_failure_of_postgres_is_told_in_a_sentence(set_up: SetUp, connection: psycopg.Connection) -> None:
    connection.execute("drop table raw.toggl_track__tags cascade")
    connection.commit()
    with pytest.raises(DatabaseError, match=r"^Postgres failed during the sync of Toggl Track: .*toggl_track__tags"):
        sync_source("toggl", connection, set_up(), now=NOW)
    assert "toggl_track__tags" in (state(connection, "toggl")[2] or "")


@pytest.mark.parametrize("name", ["toggl", "gcal"])
def test_a_source_that_is_not_set_up_says_what_to_set(name: str, connection: psycopg.Connection) -> None:
    settings = load_settings()
    assert not SOURCES[name].configured(settings)
    with pytest.raises(SettingsError) as unset:
        sync_source(name, connection, settings, now=NOW)
    assert unset.value.cure == SOURCES[name].unset_hint
