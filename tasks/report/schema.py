"""The JSON Schema of `report.json`, made from the types that write it: `make schema` brings the file up to date."""

import json
from pathlib import Path

from pydantic.json_schema import GenerateJsonSchema

from tasks.report.page import Report
from tasks.settings import PROJECT_ROOT

SCHEMA = PROJECT_ROOT / "reports" / "report.schema.json"


def schema_text() -> str:
    """The schema (draft 2020-12, <https://json-schema.org/draft/2020-12>) as the text of its file."""
    schema = Report.model_json_schema(mode="serialization")
    head = {"$schema": GenerateJsonSchema.schema_dialect, "title": "report.json"}
    return json.dumps({**head, **schema, "title": head["title"]}, ensure_ascii=False, indent=2) + "\n"


def write_schema(path: Path = SCHEMA) -> None:
    """Write the schema to its file."""
    path.write_text(schema_text(), encoding="utf-8")


if __name__ == "__main__":
    write_schema()
