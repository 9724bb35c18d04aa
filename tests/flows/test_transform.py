"""The flow that builds the warehouse leaves with its run what is in it, and a manual of all models."""

import re
from pathlib import Path

import httpx
import pytest

from flows.transform import transform
from tasks.database import Database
from tasks.seeds import PROJECT


@pytest.fixture
def manual(pages: Path) -> Path:
    """Where the manual of the user's warehouse belongs."""
    return pages.parent / "home" / "dbt" / "static_index.html"


def warehouse_artifact(prefect_api: str) -> str:
    """What the newest run has left."""
    wanted = {"artifacts": {"key": {"any_": ["warehouse"]}}, "sort": "CREATED_DESC", "limit": 1}
    with httpx.Client(base_url=prefect_api, timeout=30) as api:
        (newest,) = api.post("/artifacts/filter", json=wanted).raise_for_status().json()
    return str(newest["data"])


def test_a_run_leaves_what_the_warehouse_holds_and_a_manual_that_names_every_model(
    *,
    manual: Path,
    prefect_api: str,
    database_url: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """First run, a second one that changes nothing, and one whose manual cannot be made."""
    assert transform(return_state=True).is_completed()
    models = {path.stem for path in (PROJECT / "models").rglob("*.sql")}
    page = manual.read_text(encoding="utf-8")
    assert {name for name in models if f'"name": "{name}"' not in page} == set()

    said = warehouse_artifact(prefect_api)
    assert re.search(r"^\d+ tables and views built and \d+ tests passed in ", said)
    assert f"Manual: `{manual}`" in said
    assert "| marts.daily_summary | 0 | One row per local day, from the first" in said
    with Database(database_url).connect() as connection:
        built = connection.execute(
            "select nspname || '.' || relname from pg_class inner join pg_namespace"
            " on pg_namespace.oid = relnamespace where nspname in ('marts', 'core') and relkind in ('r', 'v')"
        )
        assert re.findall(r"^\| ((?:marts|core)\.\w+) ", said, re.MULTILINE) == sorted(
            (name for (name,) in built), key=lambda name: (name.startswith("core"), name)
        )

    made = manual.stat().st_mtime_ns
    assert transform(return_state=True).is_completed()
    assert manual.stat().st_mtime_ns == made

    manual.unlink()
    manual.mkdir()
    manual.with_name("static_index.edition").unlink()
    capfd.readouterr()
    assert transform(return_state=True).is_completed()
    (told,) = [line for line in caplog.messages if line.startswith("The warehouse's manual could not be renewed: ")]
    assert "\n" not in told
    assert "rror" not in "".join(capfd.readouterr())
    assert "Manual" not in warehouse_artifact(prefect_api)
