"""The shape of `report.json`, the page's only input, and where things fall on its time axis."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from tasks.marts.rows import Direction, PlanBasis

Edition: TypeAlias = Literal["daily", "weekly", "monthly"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Category(_Part):
    """One category's figures as the mart has them, beside its name and its label in the page's language."""

    name: str
    """The category as the marts have it, whatever the locale."""
    label: str
    """Its name in the page's language."""
    color: str
    """#rrggbb"""
    raw_seconds: int
    actual_seconds: int
    planned_seconds: int
    overlap_seconds: int
    target_seconds: int | None
    target_direction: Direction | None
    estimate_seconds: int | None
    """What history says the day would be; null where there is too little of it."""
    achieved: bool | None
    """Whether the target was met; null for a neutral one or none."""


class Row(_Part):
    """One line of the page's table: a category, or all that found no room as one."""

    label: str
    color: str
    untracked: bool
    actual_seconds: int
    planned_seconds: int
    target_seconds: int | None
    actual: str
    planned: str
    difference: str
    alarm: bool
    """Whether the day was so far from its plan here that the page points at it."""


class Figure(_Part):
    """One large number with what it counts and a remark."""

    label: str
    value: str
    note: str


class Block(_Part):
    """One stretch on the timeline; seconds elapse from the day's start, `column` of `columns` keeps overlaps apart."""

    lane: Literal["plan", "actual"]
    start_seconds: int
    end_seconds: int
    clock: str
    """When it begins, as a clock shows it."""
    title: str
    detail: str
    color: str
    ink: str
    """#rrggbb of letters that can be read on the colour."""
    untracked: bool
    column: int = 0
    columns: int = 1


class Tick(_Part):
    """A full hour of the wall clock, where it falls on the axis of elapsed seconds."""

    seconds: int
    label: str


class Source(_Part):
    """How fresh one source was; `stale` when it was last read before the day's end."""

    source: str
    as_of: datetime | None
    stale: bool
    text: str


class Sheet(_Part):
    """What every edition's sheet has: which days, how they are called, how fresh, and its gist for a message."""

    edition: Edition
    date: date
    """The day; the first one of a week or a month."""
    timezone: str
    """IANA name of the zone whose midnights bound the days."""
    locale: Literal["ja", "en"]
    partial: bool
    """Whether some source has not been read since the end of the last day."""
    demo: bool
    """Whether the life is invented."""
    generated_at: datetime
    generated: str
    release: str
    """Of which release of the page this is; a page of another one is set anew."""
    title: str
    subtitle: str
    notice: str | None
    gist: tuple[str, ...]
    """The sheet in three lines, for those who read a message before they open a page."""
    sources: tuple[Source, ...]
    zone: str


class Report(Sheet):
    """All that is on the page of a day. Seconds are whole; strings are ready to print in the page's language."""

    edition: Literal["daily"] = "daily"
    day_seconds: int
    tracked_seconds: int
    untracked_seconds: int
    planned_seconds: int
    replanned_seconds: int
    plan_basis: PlanBasis
    """Whether the plan is the calendar as it was known at the day's cutoff (frozen), or as it is known now."""
    adherence: float | None
    """The share of the planned time that was spent as planned, 0 to 1; null when nothing was planned."""
    score: str | None
    """The same as a whole number of per cent."""
    figures: tuple[Figure, ...]
    notes: str | None
    categories: tuple[Category, ...]
    table: tuple[Row, ...]
    table_scale_seconds: int
    ticks: tuple[Tick, ...]
    blocks: tuple[Block, ...]
    timeline_alt: str


def side_by_side(blocks: Sequence[Block]) -> list[Block]:
    """Keep overlapping blocks apart: each takes the first free column, its group as many columns as it needs.

    `blocks` come in the order of their start.
    """
    placed: list[Block] = []
    group: list[Block] = []
    ends: list[int] = []
    for block in blocks:
        if group and block.start_seconds >= max(ends):
            placed += [member.model_copy(update={"columns": len(ends)}) for member in group]
            group, ends = [], []
        free = next((number for number, end in enumerate(ends) if end <= block.start_seconds), len(ends))
        ends[free : free + 1] = [block.end_seconds]
        group.append(block.model_copy(update={"column": free}))
    return placed + [member.model_copy(update={"columns": len(ends)}) for member in group]


def hour_ticks(day_start: datetime, day_end: datetime, zone: ZoneInfo) -> tuple[Tick, ...]:
    """The full hours of the wall clock between two aware moments, be an hour missing or there twice."""
    minutes = int((day_end - day_start).total_seconds()) // 60
    moments = ((minute * 60, day_start + timedelta(minutes=minute)) for minute in range(minutes))
    hours = [(seconds, moment.astimezone(zone)) for seconds, moment in moments]
    ticks = [Tick(seconds=seconds, label=str(local.hour)) for seconds, local in hours if local.minute == 0]
    return (*ticks, Tick(seconds=minutes * 60, label="24"))
