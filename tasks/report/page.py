"""The shape of `report.json`, the page's only input: what every edition's sheet has, and what a day's has."""

from datetime import date, datetime
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from tasks.marts.rows import Direction, Lane, PlanBasis

Edition: TypeAlias = Literal["daily", "weekly", "monthly"]
Line: TypeAlias = tuple[float | None, ...]
"""Values of days or weeks that follow one another, the newest last; null where nothing is known."""


class Part(BaseModel):
    """Some part of a sheet: frozen, and nothing in it that it does not name."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Category(Part):
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


class Row(Part):
    """One line of the page's table: a category, or all that found no room as one."""

    label: str
    color: str
    untracked: bool
    actual_seconds: int
    planned_seconds: int
    target_seconds: int | None
    target_direction: Direction | None
    usual_seconds: int | None
    """What is usual for such a day or week; null where there is too little history."""
    actual: str
    difference: str
    """From the plan, with its sign; a dash where nothing was planned."""
    alarm: bool
    """Whether the day was so far from its plan here that the page points at it."""


class Table(Part):
    """Where the time went."""

    rows: tuple[Row, ...]
    scale_seconds: int
    """What a full bar stands for; a longer one is cut."""


class Figure(Part):
    """One large number with what it counts, a remark, and how it went lately."""

    label: str
    value: str
    note: str
    line: Line


class Share(Part):
    """A part of the score, such as how much of the plan was on time."""

    label: str
    value: str
    share: float


class Score(Part):
    """How far the plan was kept, in per cent, with its parts and how it went lately."""

    value: str | None
    """A whole number; null when nothing was planned."""
    parts: tuple[Share, ...]
    line: Line
    remark: str


class Placed(Part):
    """A stretch on an axis of elapsed seconds; `column` of `columns` keeps overlaps apart."""

    start_seconds: int
    end_seconds: int
    column: int = 0
    columns: int = 1


class Block(Placed):
    """One stretch on the timeline of a day."""

    lane: Lane
    clock: str
    """When it begins, as a clock shows it; with an arrow when that was before the day."""
    until: str | None
    """When it ends, with an arrow, if that is after the day."""
    title: str
    detail: str
    color: str
    ink: str
    """#rrggbb of letters that can be read on the colour."""
    untracked: bool
    not_done: bool
    """Whether it was planned and no instant of it was kept."""


class Bridge(Part):
    """A stretch of plan on the timeline, and whether it was kept: a bridge from plan to actual, or none."""

    start_seconds: int
    end_seconds: int
    color: str
    kept: bool
    alarm: bool


class Tick(Part):
    """A full hour of the wall clock, where it falls on the axis of elapsed seconds."""

    seconds: int
    label: str


class Timeline(Part):
    """The day from midnight to midnight in two lanes, to the second."""

    ticks: tuple[Tick, ...]
    blocks: tuple[Block, ...]
    bridges: tuple[Bridge, ...]
    alt: str
    """All of it as sentences, for those who cannot see it."""


class Loss(Part):
    """A planned event that did not go as meant, in words."""

    clock: str
    title: str
    what: str
    why: str
    lost: str
    color: str
    alarm: bool


class Gap(Part):
    """A stretch that nobody tracked."""

    clock: str
    length: str
    where: str


class Cell(Part):
    """A day of a heat strip: 0 (nothing) to 4 (most), null when the day is not known."""

    level: int | None
    achieved: bool | None


class Strip(Part):
    """One line of a heat strip, a cell a day, with the streak that it ends in."""

    label: str
    color: str
    cells: tuple[Cell, ...]
    streak: str


class HeatMark(Part):
    """A day whose date stands above a heat strip: the first of its week."""

    at: int
    label: str


class Heat(Part):
    """The last four weeks, a column a day."""

    marks: tuple[HeatMark, ...]
    strips: tuple[Strip, ...]
    alt: str


class NextEvent(Part):
    """A planned event of the day to come."""

    clock: str
    title: str
    color: str


class NextDay(Part):
    """What is planned on the day after."""

    title: str
    remark: str
    events: tuple[NextEvent, ...]
    more: str | None


class Source(Part):
    """How fresh one source was; `stale` when it was last read before the sheet's last day was over."""

    source: str
    as_of: datetime | None
    stale: bool
    text: str


class Sheet(Part):
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
    headline: tuple[str, ...]
    """The sheet in a sentence or two, as phrases between which a line may break."""
    notices: tuple[str, ...]
    """What the reader must know before trusting the sheet."""
    gist: tuple[str, ...]
    """The sheet in three lines, for those who read a message before they open a page."""
    score: Score
    figures: tuple[Figure, ...]
    sources: tuple[Source, ...]
    footer: str


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
    notes: str | None
    categories: tuple[Category, ...]
    table: Table
    timeline: Timeline
    losses: tuple[Loss, ...]
    gaps: tuple[Gap, ...]
    more_gaps: str | None
    advice: tuple[str, ...]
    """What the last weeks say about the plan of the day after."""
    heat: Heat
    next_day: NextDay | None
