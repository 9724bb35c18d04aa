"""`report.json` is described for whoever else wants to read it, and the description is true."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

import jsonschema
import pytest

from tasks.report.daily import build_report
from tasks.report.monthly import build_monthly
from tasks.report.page import Sheet
from tasks.report.schema import SCHEMA, schema_text
from tasks.report.weekly import build_weekly
from tests.reports.days import TOKYO, a_day
from tests.reports.periods import a_month, a_week

MADE = datetime(2026, 12, 1, 1, tzinfo=UTC)
Locale = Literal["ja", "en"]


def _daily(locale: Locale) -> Sheet:
    day = a_day(notes=["Trip"], targets={"Deep work": (14400, "more")})
    return build_report(day, zone=TOKYO, locale=locale, generated_at=MADE)


def _weekly(locale: Locale) -> Sheet:
    return build_weekly(a_week(), zone=TOKYO, locale=locale, generated_at=MADE)


def _monthly(locale: Locale) -> Sheet:
    return build_monthly(a_month(), zone=TOKYO, locale=locale, generated_at=MADE)


def test_the_schema_that_is_checked_in_is_that_of_the_types() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), "`make schema` brings it up to date"


@pytest.mark.parametrize("locale", ["ja", "en"])
@pytest.mark.parametrize("made", [_daily, _weekly, _monthly])
def test_a_report_is_as_the_schema_says(made: Callable[[Locale], Sheet], locale: Locale) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    told = json.loads(made(locale).model_dump_json())
    validator.validate(told)
    assert not validator.is_valid(told | {"edition": "yearly"})
    del told["adherence"]
    assert not validator.is_valid(told)
