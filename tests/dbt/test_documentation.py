"""What the project says of itself reaches those who look: in Postgres, and when a source has not been read for long."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from dbt.artifacts.resources.types import NodeType
from dbt.contracts.graph.manifest import Manifest

from tests.dbt.building import Warehouse

COMMENTS = """
    select nspname, relname, coalesce(attname, ''), description
    from pg_description
    inner join pg_class on pg_class.oid = objoid and classoid = 'pg_class'::regclass
    inner join pg_namespace on pg_namespace.oid = relnamespace
    left join pg_attribute on attrelid = objoid and attnum = objsubid and objsubid > 0
"""


@pytest.fixture
def warehouse(database_url: str, tmp_path: Path) -> Warehouse:
    """A database whose sources have never been set up."""
    return Warehouse(database_url, tmp_path, "Asia/Tokyo")


def test_postgres_knows_what_every_relation_and_column_means(warehouse: Warehouse, manifest: Manifest) -> None:
    """Views and the user's own tables too; and a build that changes nothing leaves it so."""
    warehouse.build()
    warehouse.build()
    known = {tuple(row[:3]): str(row[3]) for row in warehouse.rows(COMMENTS)}
    expected = {}
    for node in manifest.nodes.values():
        if node.resource_type in {NodeType.Model, NodeType.Seed}:
            relation = (node.schema, node.alias)
            expected[*relation, ""] = node.description
            expected |= {(*relation, name): column.description for name, column in node.columns.items()}
    assert {where for where in expected if where[0] in {"staging", "core", "marts", "seeds"}} == set(expected)
    assert {where: known.get(where) for where in expected} == expected


def test_a_source_that_was_read_lately_is_fresh_even_if_it_had_nothing_new(warehouse: Warehouse) -> None:
    _read(warehouse, toggl=timedelta(hours=35), gcal=timedelta(hours=1))
    assert set(_freshness(warehouse).values()) == {"pass"}


def test_a_source_that_nobody_has_read_for_long_is_stale_and_so_is_what_lifetracer_keeps(warehouse: Warehouse) -> None:
    _read(warehouse, toggl=timedelta(hours=37), gcal=timedelta(hours=1))
    statuses = _freshness(warehouse)
    stale = {name for name, status in statuses.items() if status == "warn"}
    kept = {"sync_state", "superseded", "coverage", "touched"}
    assert {name.partition("__")[0] for name in stale} == {"toggl_track", *kept}
    assert {name for name in statuses if name.startswith("toggl_track__")} < stale


def test_what_was_never_read_is_stale_and_what_is_not_set_up_is_not(warehouse: Warehouse) -> None:
    _read(warehouse, toggl=None, gcal=None)
    with psycopg.connect(warehouse.url) as connection:
        connection.execute("update raw.sync_state set configured = false where source = 'gcal'")
    statuses = _freshness(warehouse)
    assert statuses["toggl_track__projects"] == "warn"
    assert statuses["google_calendar__events"] == "pass"


def _read(warehouse: Warehouse, **ago: timedelta | None) -> None:
    """Both sources are set up, and were last read so long ago, or never."""
    with psycopg.connect(warehouse.url) as connection:
        for source, age in ago.items():
            connection.execute(
                "insert into raw.sync_state (source, stream, synced_at) values (%s, 'all', %s)",
                (source, None if age is None else datetime.now(UTC) - age),
            )


def _freshness(warehouse: Warehouse) -> Mapping[str, str]:
    outcome = warehouse.dbt("source", "freshness")
    assert outcome.success, outcome.trouble
    # What ended in success is a hook.
    return {name: status for name, status in outcome.statuses.items() if status != "success"}
