"""One job in a process of its own, to be killed: `python -m tests.e2e.job toggl|gcal|backfill|reconcile`."""

import sys
from collections import deque
from datetime import UTC, datetime, timedelta

from tasks import google_calendar, toggl
from tasks.database import Database
from tasks.raw import only_sync_of
from tasks.settings import load_settings
from tasks.toggl import HistoryAsked


def main(job: str) -> None:
    """Do the job on the accounts and the database that the environment names."""
    settings, now = load_settings(), datetime.now(UTC)
    assert settings.database_url is not None
    assert settings.toggl is not None
    with Database(settings.database_url.get_secret_value()).connect() as connection:
        match job:
            case "toggl" | "gcal":
                source = {"toggl": toggl.source, "gcal": google_calendar.source}[job]
                with only_sync_of(connection, job):
                    source.sync(connection, settings, now)
            case "backfill":
                asked = HistoryAsked(first=(now - timedelta(days=130)).date())
                deque(toggl.backfill(connection, settings.toggl, asked, now=now), maxlen=0)
            case "reconcile":
                deque(toggl.reconcile(connection, settings.toggl, now=now), maxlen=0)


if __name__ == "__main__":
    main(sys.argv[1])
