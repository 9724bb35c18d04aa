"""`sync`: bring the mirror of one source, or of all of them, up to date."""

import logging
from datetime import UTC, datetime

from prefect import flow

from flows.history import catch_up
from flows.waiting import give_way_to_quota, waits_for_quota
from tasks import toggl
from tasks.database import Database, open_database
from tasks.errors import InputError, SettingsError
from tasks.raw import mark_unconfigured
from tasks.settings import Settings, load_settings
from tasks.sources import SOURCES, sync_task

logger = logging.getLogger(__name__)


@waits_for_quota()
@flow(name="sync", flow_run_name="sync {source}")
def sync(source: str) -> None:
    """Bring the mirror of one source (toggl or gcal) up to date: late edits, late entries, moves and deletions too."""
    if source not in SOURCES:
        raise InputError(f"There is no source {source!r}.", f"Choose one of: {', '.join(SOURCES)}.")
    settings = load_settings()
    if not SOURCES[source].configured(settings):
        raise SOURCES[source].unset
    with open_database(settings) as database:
        sync_task(source, database, settings, datetime.now(UTC))
        if source == toggl.SOURCE:
            catch_up(database, settings)


def sync_all(database: Database, settings: Settings) -> list[str]:
    """Sync every source that is set up, side by side; gives one sentence per source that failed, cure included.

    A source that is not set up is skipped with one clear line. Raises SettingsError when none is, and QuotaError when
    a source's quota is used up and the flow may wait for it.
    """
    now = datetime.now(UTC)
    chosen = {name: source for name, source in SOURCES.items() if source.configured(settings)}
    with database.connect() as connection:
        for name in SOURCES.keys() - chosen.keys():
            mark_unconfigured(connection, name)
            logger.info("%s: skipped, it is not set up. %s", SOURCES[name].title, SOURCES[name].unset_hint)
    if not chosen:
        raise SettingsError(
            "No source is set up.", "Write your tokens into infra/.env (see infra/.env.example), or try `make demo`."
        )
    futures = {name: sync_task.submit(name, database, settings, now) for name in chosen}
    faults = {name: future.result(raise_on_failure=False) for name, future in futures.items()}
    give_way_to_quota(faults.values())
    return [f"{chosen[name].title}: {fault}" for name, fault in faults.items() if isinstance(fault, Exception)]
