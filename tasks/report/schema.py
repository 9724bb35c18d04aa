"""The JSON Schema of each edition's `report.json`, made from the types that write it: `make schema` renews the file."""

import json
from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import Field, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from tasks.report.page import Report
from tasks.report.periods import MonthlyReport, WeeklyReport
from tasks.settings import PROJECT_ROOT

AnyReport: TypeAlias = Annotated[Report | WeeklyReport | MonthlyReport, Field(discriminator="edition")]

_SHEETS: TypeAdapter[Report | WeeklyReport | MonthlyReport] = TypeAdapter(AnyReport)
SCHEMA = PROJECT_ROOT / "reports" / "report.schema.json"


def schema_text() -> str:
    """The schema (draft 2020-12, <https://json-schema.org/draft/2020-12>) as the text of its file.

    Which of the three sheets a report is, its `edition` says.
    """
    schema = _SHEETS.json_schema(mode="serialization")
    head = {"$schema": GenerateJsonSchema.schema_dialect, "title": "report.json"}
    return json.dumps({**head, **schema}, ensure_ascii=False, indent=2) + "\n"


def write_schema(path: Path = SCHEMA) -> None:
    """Write the schema to its file."""
    path.write_text(schema_text(), encoding="utf-8")


if __name__ == "__main__":
    write_schema()
