"""`lifetracer demo`: the whole way of a day on an invented life, served by stand-ins on this machine."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from deployments.local_run import run_flow
from infra.local import credentials
from tasks.database import open_database
from tasks.errors import InputError, LifetracerError
from tasks.settings import PROJECT_ROOT, Settings, load_settings


def run_demo() -> Settings:
    """Sync an invented life, build the marts and set the pages; gives the settings that it ran with.

    The demo keeps a home of its own, reads no settings file, and leaves the pages of a real account alone.
    """
    own = load_settings()
    os.environ.update(_apart_from(own))
    with _stand_in(own.lifetracer_timezone) as url:
        os.environ.update(_accounts(url))
        settings = load_settings()
        _refuse_real_data(settings)
        run_flow("flows.daily_report:daily_report", settings)
    return settings


def _apart_from(own: Settings) -> dict[str, str]:
    has_account = own.toggl is not None or own.google is not None
    pages = own.lifetracer_report_dir / "demo" if has_account else own.lifetracer_report_dir
    return {
        "LIFETRACER_ENV_FILE": "",
        "LIFETRACER_DEMO": "true",
        "LIFETRACER_HOME": str(own.lifetracer_home / "demo"),
        "LIFETRACER_REPORT_DIR": str(pages),
        "LIFETRACER_TIMEZONE": own.lifetracer_timezone,
        "LIFETRACER_LOCALE": own.lifetracer_locale,
        "LIFETRACER_COUNTRY": own.lifetracer_country,
    }


def _accounts(url: str) -> dict[str, str]:
    return {
        "TOGGL_API_TOKEN": credentials.TOGGL_API_TOKEN,
        "TOGGL_WORKSPACE_ID": "",
        "TOGGL_API_URL": f"{url}/api/v9",
        "TOGGL_REPORTS_API_URL": f"{url}/reports/api/v3",
        "GOOGLE_CLIENT_ID": credentials.GOOGLE_CLIENT_ID,
        "GOOGLE_CLIENT_SECRET": credentials.GOOGLE_CLIENT_SECRET,
        "GOOGLE_REFRESH_TOKEN": credentials.GOOGLE_REFRESH_TOKEN,
        "GOOGLE_SERVICE_ACCOUNT_FILE": "",
        "GOOGLE_CALENDAR_IDS": "",
        "GOOGLE_CALENDAR_API_URL": f"{url}/calendar/v3",
        "GOOGLE_TOKEN_URL": f"{url}/token",
    }


@contextmanager
def _stand_in(zone: str) -> Iterator[str]:
    """Run the stand-in services; they end with this process, however it ends, because their standard input closes."""
    with subprocess.Popen(  # noqa: S603 - our own interpreter, no user input
        [sys.executable, "-m", "infra.local", "--port", "0", "--timezone", zone, "--until-stdin-closes"],
        cwd=PROJECT_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            url = process.stdout.readline().strip() if process.stdout else ""
            if not url.startswith("http"):
                raise LifetracerError("The stand-in services of the demo did not start.", "Run make again.")
            yield url
        finally:
            process.terminate()


def _refuse_real_data(settings: Settings) -> None:
    with open_database(settings) as database, database.connect() as connection:
        stranger = connection.execute(
            "select from raw.toggl_track__me where data ->> 'email' not like '%.test' limit 1"
        ).fetchone()
    if stranger is not None:
        raise InputError(
            f"The database at {database.place} holds a real account's data, and the demo's is invented.",
            "Unset DATABASE_URL for the demo.",
        )
