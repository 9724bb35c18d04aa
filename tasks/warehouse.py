"""What a build has left behind, for those who look at its run: the tables, how large they are and what they hold."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg

from tasks.dbt import DbtSummary

# An estimate is good enough, and costs nothing: -1 where Postgres has none yet.
_RELATIONS = """
    select
        nspname || '.' || relname,
        case when relkind = 'v' then null else reltuples::bigint end,
        coalesce(obj_description(pg_class.oid, 'pg_class'), '')
    from pg_class
    inner join pg_namespace on pg_namespace.oid = relnamespace
    where nspname in ('marts', 'core') and relkind in ('r', 'v')
    order by nspname desc, relname
"""


@dataclass(frozen=True)
class Relation:
    """A table or a view of the warehouse."""

    name: str
    rows: int | None
    """As Postgres estimates it; None for a view."""
    description: str

    def __str__(self) -> str:
        """Its row in a table of Markdown."""
        rows = "view" if self.rows is None else "?" if self.rows < 0 else f"{self.rows:,}"
        return f"| {self.name} | {rows} | {' '.join(self.description.split()).replace('|', chr(92) + '|')} |"


def warehouse_in_markdown(
    connection: psycopg.Connection, summary: DbtSummary, manual: Path | None, zone: ZoneInfo
) -> str:
    """The marts and what they stand on, what was built and proved and when (in `zone`), and where the manual is."""
    built_at = connection.execute("select built_at from raw.warehouse_state").fetchone()
    relations = [Relation(*row) for row in connection.execute(_RELATIONS)]
    return "\n".join(
        [
            f"{summary}.",
            *([f"Built whole at {_clock(built_at[0], zone)}."] if built_at else []),
            *([f"Manual: `{manual}`"] if manual else []),
            "",
            "| table | rows, about | what it holds |",
            "| :-- | --: | :-- |",
            *map(str, relations),
        ]
    )


def _clock(instant: datetime, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"
