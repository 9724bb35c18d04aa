"""What every test can ask for: a real Postgres with migrated databases, and no settings of the user's own."""

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from deployments.prefect_server import prefect_server
from tasks.database import Database, migrate
from tasks.embedded import embedded_postgres
from tasks.settings import PROJECT_ROOT, Settings

_numbers = itertools.count(1)


@pytest.fixture(scope="session", autouse=True)
def _no_user_settings() -> None:
    """A developer's own accounts must never be reached by a test."""
    for name in Settings.model_fields:
        os.environ.pop(name.upper(), None)
    os.environ["LIFETRACER_ENV_FILE"] = ""


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One embedded server for the whole session."""
    with embedded_postgres(tmp_path_factory.mktemp("postgres")) as url:
        yield url


@pytest.fixture(scope="session")
def migrated_template(postgres_url: str) -> str:
    """The name of a migrated database to copy: much faster than migrating each one."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("create database migrated_template")
    migrate(Database(make_conninfo(postgres_url, dbname="migrated_template")))
    return "migrated_template"


@contextmanager
def new_database(postgres_url: str, template: str) -> Iterator[str]:
    """The URL of a database of its own, copied from `template` and dropped afterwards."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"create database {name} template {template}")
        yield postgres_url.rpartition("/")[0] + f"/{name}"
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture
def database_url(postgres_url: str, migrated_template: str) -> Iterator[str]:
    """The URL of a fresh, migrated database for this test."""
    with new_database(postgres_url, migrated_template) as url:
        yield url


@pytest.fixture(scope="module")
def module_database_url(postgres_url: str, migrated_template: str) -> Iterator[str]:
    """The URL of a fresh, migrated database that the tests of one module share."""
    with new_database(postgres_url, migrated_template) as url:
        yield url


@pytest.fixture
def empty_database_url(postgres_url: str) -> Iterator[str]:
    """The URL of a fresh database without our tables."""
    with new_database(postgres_url, "template1") as url:
        yield url


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The API of one real Prefect server for the whole session, its scheduler impatient."""
    hurry = {"PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "2"}
    with prefect_server(tmp_path_factory.mktemp("prefect"), settings=hurry) as url:
        yield url


@pytest.fixture(scope="session")
def deployed(prefect_api: str) -> Iterator[httpx.Client]:
    """The server's API after the two commands of the README."""
    for arguments in (
        ["work-pool", "create", "lifetracer", "--type", "process", "--overwrite"],
        ["deploy", "--all", "--no-prompt"],
    ):
        subprocess.run(
            [sys.executable, "-m", "prefect", *arguments],
            env={**os.environ, "PREFECT_API_URL": prefect_api},
            cwd=PROJECT_ROOT,
            check=True,
            capture_output=True,
            timeout=120,
        )
    with httpx.Client(base_url=prefect_api, timeout=30) as client:
        yield client
