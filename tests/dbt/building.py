"""Runs the dbt project in this process on a database of the test's choice, and reads what became of it."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest
from psycopg.conninfo import conninfo_to_dict

from tasks.settings import PROJECT_ROOT

PROJECT = PROJECT_ROOT / "dbt_project"
EMPTY_SEEDS = PROJECT / "seeds"
# Tables that say what one build has to work out anew, and nothing about a life.
WORK_LISTS = ("int_affected_days", "int_estimated_days", "int_touched")


@dataclass(frozen=True)
class Outcome:
    """What dbt did: each node's status and seconds by its name, and how many rows a failed test found.

    `elapsed` is how many seconds all nodes took together, by dbt's own account.
    """

    success: bool
    statuses: Mapping[str, str]
    failures: Mapping[str, int]
    trouble: str
    seconds: Mapping[str, float]
    elapsed: float

    def named(self, status: str) -> list[str]:
        """The nodes that ended so, in order."""
        return sorted(name for name, ended in self.statuses.items() if ended == status)


@dataclass(frozen=True)
class Warehouse:
    """One database, the zone and the seeds (or the shipped ones) that it is built with, and what its present is."""

    url: str
    target: Path
    zone: str
    seeds: Path | None = None
    now: datetime | None = None

    def dbt(self, *command: str, **variables: object) -> Outcome:
        """Run a dbt command from wherever the test stands."""
        result = self._invoke(*command, **variables)
        nodes = getattr(result.result, "results", None) or []
        return Outcome(
            success=result.success,
            statuses={node.node.name: str(node.status) for node in nodes},
            failures={node.node.name: node.failures for node in nodes if node.failures},
            trouble="\n".join([str(result.exception or ""), *(str(node.message) for node in nodes if node.message)]),
            seconds={node.node.name: node.execution_time for node in nodes},
            elapsed=getattr(result.result, "elapsed_time", 0.0),
        )

    def build(self, *options: str, **variables: object) -> Outcome:
        """Build and test everything but the unit tests, as the daily run does; nothing may fail or warn."""
        outcome = self.dbt("build", "--exclude-resource-type", "unit_test", *options, **variables)
        assert outcome.success, outcome.trouble
        assert outcome.named("warn") == []
        return outcome

    def start_build(self, **variables: object) -> subprocess.Popen[bytes]:
        """Start a build in a process of its own, which can be killed."""
        command = [sys.executable, "-c", "from dbt.cli.main import cli; cli()", "build", *self._options(variables)]
        return subprocess.Popen(
            [*command, "--exclude-resource-type", "unit_test"], env=os.environ | self._environment()
        )

    def parse(self) -> Manifest:
        """The project as dbt understands it; fails on anything that dbt would warn of, deprecations included."""
        result = self._invoke("--warn-error", "parse", "--no-partial-parse", "--show-all-deprecations")
        assert result.success, result.exception
        assert isinstance(result.result, Manifest)
        return result.result

    def rows(self, query: str) -> Sequence[tuple[object, ...]]:
        """What a query finds."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode()).fetchall()

    def dump(self) -> Mapping[str, Sequence[str]]:
        """Every row of every table and view of core and marts as a text, sorted; but not what a build has to do."""
        relations = self.rows(
            "select format('%I.%I', table_schema, table_name), table_name from information_schema.tables"
            " where table_schema in ('core', 'marts') order by 1"
        )
        return {
            str(name): sorted(str(row) for (row,) in self.rows(f"select a_row::text from {name} as a_row"))  # noqa: S608
            for name, table in relations
            if table not in WORK_LISTS
        }

    def figures(self, day: str, column: str = "actual_seconds") -> Mapping[str, object]:
        """One figure of a day by category, leaving out those that are 0 or unknown."""
        found = self.rows(f"select category, {column} from marts.daily_category where day = '{day}'")  # noqa: S608
        return {str(category): figure for category, figure in found if figure not in {0, None}}

    def summary(self, column: str) -> Mapping[str, object]:
        """One figure of the summary by day."""
        return {str(day): figure for day, figure in self.rows(f"select day, {column} from marts.daily_summary")}  # noqa: S608

    def timeline(self, day: str, lane: str) -> list[tuple[str, str, str]]:
        """A lane of a day: from and to as clocks show them, and the category."""
        found = self.rows(
            f"select to_char(start_at at time zone '{self.zone}', 'HH24:MI'),"  # noqa: S608
            f" to_char(end_at at time zone '{self.zone}', 'HH24:MI'), category"
            f" from marts.daily_timeline where day = '{day}' and lane = '{lane}' order by start_at, end_at"
        )
        return [(str(start), str(end), str(category)) for start, end, category in found]

    def _invoke(self, *command: str, **variables: object) -> dbtRunnerResult:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self._environment().items():
                patch.setenv(name, value)
            return dbtRunner().invoke([*command, *self._options(variables)])

    def _options(self, variables: Mapping[str, object]) -> list[str]:
        present = {} if self.now is None else {"now": self.now.isoformat()}
        options = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
        options += ["--vars", json.dumps({**variables, **present})]
        options += ["--target-path", str(self.target), "--log-path", str(self.target), "--quiet"]
        # dbt's debug log costs a quarter of a build.
        return [*options, "--log-level-file", "info"]

    def _environment(self) -> dict[str, str]:
        parts = conninfo_to_dict(self.url)
        return {
            "LIFETRACER_DBT_HOST": str(parts["host"]),
            "LIFETRACER_DBT_PORT": str(parts["port"]),
            "LIFETRACER_DBT_USER": str(parts["user"]),
            "LIFETRACER_DBT_PASSWORD": str(parts.get("password", "")),
            "LIFETRACER_DBT_DBNAME": str(parts["dbname"]),
            "LIFETRACER_TIMEZONE": self.zone,
            "LIFETRACER_COUNTRY": "JP",
            "LIFETRACER_SEED_DIR": str(self.seeds or EMPTY_SEEDS.name),
        }


def differences(found: Sequence[object], expected: Sequence[object]) -> Sequence[str]:
    """What only one of two collections of rows has, the first twenty."""
    unexpected, missing = Counter(found) - Counter(expected), Counter(expected) - Counter(found)
    lines = [(str(row), "found, not expected") for row in unexpected.elements()]
    lines += [(str(row), "expected, not found") for row in missing.elements()]
    return [f"{trouble}: {row}" for row, trouble in sorted(lines)[:20]]
