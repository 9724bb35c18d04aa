"""`report.json` is described for whoever else wants to read it, and the description is true."""

import json
from datetime import UTC, datetime

import jsonschema
import pytest

from tasks.report.daily import build_report
from tasks.report.schema import SCHEMA, schema_text
from tests.reports.days import TOKYO, a_day

MADE = datetime(2026, 11, 24, 1, tzinfo=UTC)


def test_the_schema_that_is_checked_in_is_that_of_the_types() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), "`make schema` brings it up to date"


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_a_report_is_as_the_schema_says(locale: str) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    day = a_day(notes=["Trip"], targets={"Deep work": (14400, "more")})
    report = build_report(day, zone=TOKYO, locale="ja" if locale == "ja" else "en", generated_at=MADE)
    told = json.loads(report.model_dump_json())
    validator.validate(told)
    del told["adherence"]
    assert not validator.is_valid(told)
