"""The embedded Postgres is shared, survives, and is cleaned up; migrations agree with what the Supabase CLI records."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest

from tasks.database import MIGRATIONS, Database, migrate, open_database
from tasks.embedded import embedded_postgres
from tasks.errors import DatabaseError
from tasks.settings import PROJECT_ROOT, load_settings

HOLD_THE_DATABASE = """
import sys, time
from pathlib import Path
from tasks.embedded import embedded_postgres
with embedded_postgres(Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


def _holder(home: Path) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD_THE_DATABASE, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT_ROOT,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def _release(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=30)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def test_data_survives_a_restart(tmp_path: Path) -> None:
    with embedded_postgres(tmp_path) as url, psycopg.connect(url) as connection:
        connection.execute("create table kept as select 42 as answer")
    assert not _answers(url)
    with embedded_postgres(tmp_path) as url, psycopg.connect(url) as connection:
        assert connection.execute("select answer from kept").fetchone() == (42,)


def test_parallel_commands_share_one_server_and_the_last_one_stops_it(tmp_path: Path) -> None:
    first, first_url = _holder(tmp_path)
    second, second_url = _holder(tmp_path)
    assert first_url == second_url
    _release(first)
    assert _answers(second_url)
    _release(second)
    assert not _answers(second_url)


def test_starting_at_the_same_moment_makes_one_server(tmp_path: Path) -> None:
    urls: list[str] = []

    def use() -> None:
        with embedded_postgres(tmp_path) as url:
            urls.append(url)
            time.sleep(1)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(urls) == 4
    assert len(set(urls)) == 1


def test_a_killed_command_leaves_a_server_that_the_next_one_uses_and_stops(tmp_path: Path) -> None:
    killed, url = _holder(tmp_path)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert _answers(url)
    with embedded_postgres(tmp_path) as next_url:
        assert next_url == url
    assert not _answers(url)


def test_a_killed_server_recovers(tmp_path: Path) -> None:
    with embedded_postgres(tmp_path) as url:
        with psycopg.connect(url) as connection:
            connection.execute("create table kept as select 42 as answer")
        os.kill(int((tmp_path / "postgres/data/postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
        time.sleep(0.5)
        with embedded_postgres(tmp_path) as new_url, psycopg.connect(new_url) as connection:
            assert connection.execute("select answer from kept").fetchone() == (42,)


def test_an_interrupted_creation_is_not_taken_for_a_database(tmp_path: Path) -> None:
    half_made = tmp_path / "postgres" / "data.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18")
    with embedded_postgres(tmp_path) as url:
        assert _answers(url)


def test_other_users_of_the_machine_cannot_enter_without_the_password(tmp_path: Path) -> None:
    with embedded_postgres(tmp_path) as url:
        assert not _answers(url.replace(Database(url).url.split(":")[2].split("@")[0], "guess"))
        assert (tmp_path / "postgres" / "password").stat().st_mode & 0o077 == 0


def test_migrations_are_recorded_as_the_supabase_cli_records_them(empty_database_url: str) -> None:
    files = sorted(path.name for path in MIGRATIONS.glob("*.sql"))
    database = Database(empty_database_url)
    assert migrate(database) == files
    with database.connect() as connection:
        rows = connection.execute("select version || '_' || name || '.sql' from supabase_migrations.schema_migrations")
        assert sorted(name for (name,) in rows) == files


def test_migrating_again_does_nothing(database_url: str) -> None:
    assert migrate(Database(database_url)) == []


def test_migrations_run_over_the_tables_of_an_older_sync_and_keep_its_rows(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    with database.connect() as connection:
        connection.execute("create schema raw")
        connection.execute(
            "create table raw.toggl_track__time_entries (id uuid primary key default gen_random_uuid(),"
            " source_id text not null unique, data jsonb not null, synced_at timestamptz not null default now(),"
            " api_version text)"
        )
        connection.execute("insert into raw.toggl_track__time_entries (source_id, data) values ('1', '{}')")
    migrate(database)
    with database.connect() as connection:
        row = connection.execute("select source_id, data, deleted_at from raw.toggl_track__time_entries").fetchone()
    assert row == ("1", {}, None)


def test_migrations_shut_supabase_roles_out_of_raw(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    roles = ("anon", "authenticated", "service_role")
    with database.connect(autocommit=True) as connection:
        for role in roles:
            connection.execute(f"create role {role}")
        try:
            migrate(database)
            may_read = {
                role: connection.execute(
                    "select has_schema_privilege(%s, 'raw', 'usage') and"
                    " has_table_privilege(%s, 'raw.google_calendar__events', 'select')",
                    (role, role),
                ).fetchone()
                for role in roles
            }
        finally:
            for role in roles:
                connection.execute(f"drop owned by {role}")
                connection.execute(f"drop role {role}")
    assert may_read == {"anon": (False,), "authenticated": (False,), "service_role": (True,)}


def test_a_migration_that_fails_leaves_nothing_behind(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "20270101000000_broken.sql").write_text("create table half_done (); select 1 / 0;")
    with pytest.raises(DatabaseError, match=r"20270101000000_broken\.sql failed: division by zero"):
        migrate(Database(database_url), tmp_path)
    with Database(database_url).connect() as connection:
        assert connection.execute("select to_regclass('half_done')").fetchone() == (None,)


def test_an_unreachable_database_is_one_sentence_without_the_password() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    settings = load_settings(database_url=f"postgresql://me:hunter2@127.0.0.1:{port}/mine")
    with pytest.raises(DatabaseError) as caught, open_database(settings):
        pass
    assert str(caught.value) == (
        f"Postgres at 127.0.0.1:{port}/mine cannot be used: Connection refused."
        " Check DATABASE_URL, or unset it to use the embedded database."
    )


def test_a_wrong_password_is_one_sentence(database_url: str) -> None:
    head, _, tail = database_url.partition("@")
    wrong = head.rpartition(":")[0] + ":wrong@" + tail
    with pytest.raises(DatabaseError, match='password authentication failed for user "lifetracer"'):
        Database(wrong).connect()
