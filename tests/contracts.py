"""The contracts of the marts, as `dbt_project/models/marts` states them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import yaml

from tasks.settings import PROJECT_ROOT


@dataclass(frozen=True)
class Column:
    """A column of a contract; `required` where a constraint forbids null."""

    name: str
    data_type: str
    required: bool


@dataclass(frozen=True)
class Contract:
    """A mart's columns in order; a view's constraints cannot be enforced, so it has none."""

    columns: Sequence[Column]
    is_view: bool


def contracts() -> Mapping[str, Contract]:
    """Every mart's contract by the name of its table or view."""
    found = {}
    for path in (PROJECT_ROOT / "dbt_project" / "models" / "marts").glob("*.yml"):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            config = model.get("config", {})
            keys = [rule.get("columns", []) for rule in model.get("constraints", ()) if rule["type"] == "primary_key"]
            key = {name for columns in keys for name in columns}
            columns = [
                Column(column["name"], column["data_type"], column["name"] in key or _is_required(column))
                for column in model["columns"]
            ]
            found[config.get("alias", model["name"])] = Contract(columns, config.get("materialized") == "view")
    return found


def tables_in_sql(names: Sequence[str]) -> str:
    """What creates some marts, empty and without their constraints, where there is no dbt."""
    known = contracts()
    lists = {name: ", ".join(f"{column.name} {column.data_type}" for column in known[name].columns) for name in names}
    tables = [f"create table marts.{name} ({columns});" for name, columns in lists.items()]
    return "\n".join(["create schema if not exists marts;", *tables])


def _is_required(column: Mapping[str, Sequence[Mapping[str, str]]]) -> bool:
    return any(rule["type"] == "not_null" for rule in column.get("constraints", ()))
