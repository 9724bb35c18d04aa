"""The user's own files as texts: a test says the lines that matter, the headers are those that are shipped."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from tests.dbt.oracle.life import Seeds, Valid

HEADERS: Mapping[str, str] = {
    "categories": "category,name_en,name_ja,color,sort_order,coarse_category,role",
    "category_mappings": "kind,key,category,valid_from,valid_until",
    "social_mappings": "client,social,valid_from,valid_until",
    "private": "kind,key",
    "plan_rules": "position,pattern,category,valid_from,valid_until",
    "targets": "category,day_type,direction,target_seconds,valid_from,valid_until",
}
_Line = Sequence[str | int | date | None]


def write_seeds(folder: Path, seeds: Seeds) -> Path:
    """Write all files of the seeds into a folder, which is made; gives the folder."""
    folder.mkdir(exist_ok=True)
    for name, text in csv_texts(seeds).items():
        (folder / f"{name}.csv").write_text(text)
    return folder


def csv_texts(seeds: Seeds) -> Mapping[str, str]:
    """What each file says, by its name without the ending."""
    lines: Mapping[str, Iterable[_Line]] = {
        "categories": [[category, None, None, None, None, group, None] for category, group in seeds.coarse.items()],
        "category_mappings": [[each.kind, each.key, each.category, *_dates(each.valid)] for each in seeds.mappings],
        "social_mappings": [[each.client, each.social, *_dates(each.valid)] for each in seeds.socials],
        "private": [[each.kind, each.key] for each in seeds.private],
        "plan_rules": [[each.position, each.pattern, each.category, *_dates(each.valid)] for each in seeds.rules],
        "targets": [
            [each.category, each.day_type, each.direction, each.seconds, *_dates(each.valid)] for each in seeds.targets
        ],
    }
    return {name: _csv(header, lines[name]) for name, header in HEADERS.items()}


def _dates(valid: Valid) -> _Line:
    return [valid.since, valid.until]


def _csv(header: str, lines: Iterable[_Line]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header.split(","))
    writer.writerows(lines)
    return text.getvalue()
