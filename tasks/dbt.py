"""dbt, run in this process: the warehouse's models and tests, each visible in Prefect as a task run, and its manual."""

import hashlib
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dbt.cli.main import dbtRunner
from dbt_common.events.base_types import EventLevel
from prefect_dbt import PrefectDbtRunner, PrefectDbtSettings
from psycopg.conninfo import conninfo_to_dict

from tasks.database import Database
from tasks.errors import TransformError
from tasks.seeds import PROJECT, check_seed_files
from tasks.settings import Settings

# Any constant will do, as long as nothing else in this database uses it: it keeps two builds apart.
_BUILD_LOCK = 7_205_310_002

REPORT_TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class DbtSummary:
    """What one `dbt build` did."""

    relations: int
    tests: int
    seconds: float

    def __str__(self) -> str:
        """One line for a person."""
        return f"{self.relations} tables and views built and {self.tests} tests passed in {self.seconds:.1f} s"


def build(database: Database, settings: Settings) -> DbtSummary:
    """Build and test every model, or raise TransformError that names the first node that failed.

    Inside a Prefect flow each node is a task run. Unit tests prove the SQL, not the data, and belong to `make test`.
    Two builds on one database take turns.
    """
    target = settings.lifetracer_home / "dbt"
    check_seed_files(PROJECT / _seed_folder(settings))
    with _its_turn(database), _environment(dbt_environment(database, settings)):
        runner = PrefectDbtRunner(
            # Each node is a task run; a line for its start and one for its end would only say so twice more.
            settings=PrefectDbtSettings(
                project_dir=PROJECT, profiles_dir=PROJECT, target_path=target, log_level=EventLevel.WARN
            ),
            raise_on_failure=False,
            disable_assets=True,
        )
        command = ["build", "--exclude-resource-type", "unit_test", "--log-path", str(target / "logs")]
        # The file with every query costs a quarter of the build.
        command += ["--log-level-file", "info"]
        try:
            result = runner.invoke(command)
        except ValueError as error:
            raise TransformError(f"dbt could not start: {_first_line(str(error))}", _look_into(target)) from None
        finally:
            _let_nodes_report()
    nodes = list(result.result.results)
    for node in nodes:
        if node.status == "fail" and node.node.name == "seed_files_are_sound":
            raise TransformError(
                f"Your own files in {PROJECT.name}/{_seed_folder(settings)} contradict themselves:"
                f" {_mistakes(database, node.node.compiled_code)}.",
                "Correct the file; the tables of the last good run stay.",
            )
        if node.status in {"error", "fail", "runtime error"}:
            raise TransformError(
                f"dbt failed at {node.node.resource_type} {node.node.name}: {_first_line(node.message or '')}",
                _look_into(target),
            )
    kinds = Counter(str(node.node.resource_type) for node in nodes)
    return DbtSummary(kinds["model"] + kinds["seed"], kinds["test"], seconds=result.result.elapsed_time)


def document(database: Database, settings: Settings) -> Path:
    """Make the manual of the warehouse as one page of HTML, unless the one from before still holds; gives its path.

    It needs what `build` has left in the target folder. Raises TransformError when dbt cannot make it.
    """
    target = settings.lifetracer_home / "dbt"
    page, edition_of_page = target / "static_index.html", target / "static_index.edition"
    edition = _edition(database)
    if page.exists() and edition_of_page.exists() and edition_of_page.read_text(encoding="utf-8") == edition:
        return page
    command = ["docs", "generate", "--static", "--no-compile", "--log-level", "none", "--log-level-file", "info"]
    command += ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    command += ["--target-path", str(target), "--log-path", str(target / "logs")]
    with _its_turn(database), _environment(dbt_environment(database, settings)):
        result = dbtRunner().invoke(command)
    if not result.success:
        raise TransformError(f"dbt could not write the warehouse's manual: {_first_line(str(result.exception))}")
    edition_of_page.write_text(edition, encoding="utf-8")
    return page


def _edition(database: Database) -> str:
    """A digest of all that the manual says: of what the warehouse was built, and how that is described."""
    with database.connect() as connection:
        built = connection.execute("select fingerprint from raw.warehouse_state").fetchone()
    digest = hashlib.sha256(str(built).encode())
    for path in sorted((PROJECT / "models").rglob("*.yml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def dbt_environment(database: Database, settings: Settings) -> Mapping[str, str]:
    """The variables that `dbt_project/profiles.yml` and the models read."""
    parts = conninfo_to_dict(database.url)
    return {
        "LIFETRACER_DBT_HOST": str(parts.get("host") or "localhost"),
        "LIFETRACER_DBT_PORT": str(parts.get("port") or 5432),
        "LIFETRACER_DBT_USER": str(parts.get("user") or ""),
        "LIFETRACER_DBT_PASSWORD": str(parts.get("password") or ""),
        "LIFETRACER_DBT_DBNAME": str(parts.get("dbname") or ""),
        "LIFETRACER_DBT_SSLMODE": str(parts.get("sslmode") or "prefer"),
        "LIFETRACER_TIMEZONE": settings.lifetracer_timezone,
        "LIFETRACER_COUNTRY": settings.lifetracer_country,
        "LIFETRACER_SEED_DIR": _seed_folder(settings),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


def _seed_folder(settings: Settings) -> str:
    """Never an absolute path: dbt would write what it compiled over the user's CSV files."""
    return "seeds_demo" if settings.lifetracer_demo else "seeds"


def _mistakes(database: Database, query: str) -> str:
    """What a test of the user's files found, in its own words: the first mistake, and how many there are."""
    with database.connect() as connection:
        found = [str(row[0]) for row in connection.execute(query.encode()).fetchall()]
    return found[0] + (f" (one of {len(found)} mistakes)" if len(found) > 1 else "")


def _let_nodes_report() -> None:
    """Wait until every node's task run has told Prefect how it ended.

    The runner leaves that to threads that it does not wait for; one that is still talking when the server is gone
    keeps this process alive for minutes, or leaves its task run Running for ever.
    """
    deadline = time.monotonic() + REPORT_TIMEOUT_SECONDS
    for thread in threading.enumerate():
        if thread.name.endswith("(run_task)"):
            thread.join(max(0.0, deadline - time.monotonic()))


@contextmanager
def _its_turn(database: Database) -> Iterator[None]:
    with database.connect(autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", (_BUILD_LOCK,))
        yield


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Dbt reads its profile from the process's environment only, so it is lent these while it runs."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _first_line(message: str) -> str:
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return " ".join(lines[:2])[:300].rstrip(".") + "."


def _look_into(target: Path) -> str:
    return f"The tables of the last good run stay. dbt's own words are in {target / 'logs' / 'dbt.log'}."
