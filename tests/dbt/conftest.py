"""What the tests of the dbt project share."""

import pytest
from dbt.contracts.graph.manifest import Manifest
from dbt.jsonschemas import jsonschemas

from tests.dbt.building import Warehouse


@pytest.fixture(scope="session")
def manifest(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """The project as dbt understands it, read as strictly as dbt can; it is more lenient with Postgres by itself."""
    warehouse = Warehouse(postgres_url, tmp_path_factory.mktemp("target"), "Asia/Tokyo")
    with pytest.MonkeyPatch.context() as patch:
        stricter = {*jsonschemas._JSONSCHEMA_SUPPORTED_ADAPTERS, "postgres"}
        patch.setattr(jsonschemas, "_JSONSCHEMA_SUPPORTED_ADAPTERS", stricter)
        return warehouse.parse()
