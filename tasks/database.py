"""The user's Postgres: where it is, how to connect to it, and its migrations."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tasks.embedded import embedded_postgres
from tasks.errors import DatabaseError
from tasks.settings import PROJECT_ROOT, Settings

MIGRATIONS = PROJECT_ROOT / "infra" / "supabase" / "migrations"
CONNECT_TIMEOUT_SECONDS = 10

# Any constant will do, as long as nothing else in this database uses it: it keeps two migrations apart.
_MIGRATION_LOCK = 7_205_310_001


@dataclass(frozen=True)
class Database:
    """A Postgres that answers; `url` holds the password and must not be printed."""

    url: str = field(repr=False)
    applied: tuple[str, ...] = ()
    """The migrations that opening it has applied, by file name."""
    embedded: bool = False
    """Whether it is the one that lifetracer brings along."""

    def __str__(self) -> str:
        """Where it is, fit for a message."""
        return f"{self.place} (embedded)" if self.embedded else self.place

    def connect(self, *, autocommit: bool = False) -> psycopg.Connection:
        """Open a connection whose session is in UTC, or raise DatabaseError in one sentence."""
        try:
            return psycopg.connect(
                self.url,
                autocommit=autocommit,
                connect_timeout=CONNECT_TIMEOUT_SECONDS,
                application_name="lifetracer",
                options="-c timezone=UTC",
            )
        except psycopg.OperationalError as error:
            raise DatabaseError(
                f"Postgres at {self.place} cannot be used: {_reason(error)}.",
                "Check DATABASE_URL, or unset it to use the embedded database.",
            ) from None
        except psycopg.ProgrammingError:
            raise DatabaseError(
                "DATABASE_URL cannot be understood.",
                "Write it as postgresql://user:password@host:5432/database.",
            ) from None

    @property
    def place(self) -> str:
        """Host, port and database, fit for a message."""
        parts = conninfo_to_dict(self.url)
        return f"{parts.get('host', 'localhost')}:{parts.get('port', 5432)}/{parts.get('dbname', '')}"


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """Give the user's database, migrated: `DATABASE_URL`, or the embedded one while the context lasts.

    Raises DatabaseError when it cannot be reached or migrated.
    """
    if settings.database_url is not None:
        database = Database(settings.database_url.get_secret_value())
        yield replace(database, applied=tuple(migrate(database)))
        return
    with embedded_postgres(settings.lifetracer_home) as url:
        database = Database(url, embedded=True)
        yield replace(database, applied=tuple(migrate(database)))


def migrate(database: Database, folder: Path = MIGRATIONS) -> list[str]:
    """Apply the migrations that are not yet recorded, oldest first, and give their file names.

    Files are `<version>_<name>.sql`; what is applied is recorded in `supabase_migrations.schema_migrations` as the
    Supabase CLI does it (supabase/cli, pkg/migration/history), so that `supabase db push` and this function skip
    what the other has done. Each file and its record commit together. Two at once: the second waits, then finds
    nothing to do.
    """
    with database.connect(autocommit=True) as connection:
        if not (pending := _pending(connection, folder)):
            return []
        with connection.transaction():
            connection.execute("select pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
            connection.execute("create schema if not exists supabase_migrations")
            connection.execute(
                "create table if not exists supabase_migrations.schema_migrations"
                " (version text not null primary key, statements text[], name text)"
            )
            pending = _pending(connection, folder)
            for path in pending:
                _apply(connection, path)
    return [path.name for path in pending]


def _pending(connection: psycopg.Connection, folder: Path) -> list[Path]:
    table = connection.execute("select to_regclass('supabase_migrations.schema_migrations')").fetchone()
    applied: set[str] = set()
    if table is not None and table[0] is not None:
        rows = connection.execute("select version from supabase_migrations.schema_migrations")
        applied = {version for (version,) in rows}
    return [path for path in sorted(folder.glob("*.sql")) if path.name.partition("_")[0] not in applied]


def _apply(connection: psycopg.Connection, path: Path) -> None:
    version, _, name = path.stem.partition("_")
    sql = path.read_text(encoding="utf-8")
    try:
        connection.execute(sql.encode())
    except psycopg.Error as error:
        raise DatabaseError(
            f"The migration {path.name} failed: {_reason(error)}.",
            "Nothing of it was kept. Check that the role in DATABASE_URL may create schemas.",
        ) from None
    connection.execute(
        "insert into supabase_migrations.schema_migrations (version, name, statements) values (%s, %s, %s)",
        (version, name, [sql]),
    )


def _reason(error: psycopg.Error) -> str:
    """The one line of a Postgres error that says why, without the address that we print ourselves."""
    primary = error.diag.message_primary
    line = primary or (str(error).strip().splitlines() or ["no reason given"])[0]
    for mark in ("FATAL: ", "failed: "):
        line = line.rpartition(mark)[2]
    return line.strip().rstrip(".")
