"""The user's own CSV files, looked at before dbt loads them, so that a slip of the pen is told in words."""

import csv
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import yaml

from tasks.errors import InputError
from tasks.settings import PROJECT_ROOT

PROJECT = PROJECT_ROOT / "dbt_project"

_READERS: Mapping[str, Callable[[str], object]] = {"text": str, "integer": int, "date": date.fromisoformat}
_EXAMPLES = {"integer": "a whole number", "date": "a date as 2026-04-01"}


def check_seed_files(folder: Path) -> None:
    """Raise InputError for the first file that dbt could not load: it is missing, or a column or a cell is wrong.

    What the cells mean is for the dbt test `seed_files_are_sound`; the columns and their types are those of
    `dbt_project.yml`.
    """
    for name, columns in _expected_columns().items():
        _check_file(folder / f"{name}.csv", columns)


def _expected_columns() -> Mapping[str, Mapping[str, str]]:
    """By file, the type of each column."""
    seeds = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["seeds"]["lifetracer"]
    return {name: config["+column_types"] for name, config in seeds.items() if not name.startswith("+")}


def _check_file(path: Path, columns: Mapping[str, str]) -> None:
    cure = f"The columns are {','.join(columns)}; {PROJECT.name}/seeds/README.md shows an example."
    try:
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    except FileNotFoundError:
        raise InputError(f"{path.name} is missing.", cure) from None
    except UnicodeDecodeError:
        raise InputError(f"{path.name} is not written in UTF-8.", "Save it as UTF-8 in your editor.") from None
    header = rows[0] if rows else []
    if missing := [column for column in columns if column not in header]:
        raise InputError(f"{path.name} has no column {missing[0]}.", cure)
    if unknown := [column for column in header if column not in columns]:
        raise InputError(f"{path.name} has a column {unknown[0]!r} that nothing reads.", cure)
    for number, row in enumerate(rows[1:], start=2):
        if row and len(row) != len(header):
            said = f"Line {number} of {path.name} has {len(row)} cells instead of {len(header)}."
            raise InputError(said, "Write every comma, also around empty cells, and put text with commas in quotes.")
        for column, cell in zip(header, row, strict=False):
            _check_cell(cell, columns[column], f"Line {number} of {path.name}: {column} {cell!r}")


def _check_cell(cell: str, kind: str, place: str) -> None:
    try:
        _READERS[kind](cell) if cell else None
    except ValueError:
        raise InputError(f"{place} is not {_EXAMPLES[kind]}.", "Correct the line; nothing was built.") from None
