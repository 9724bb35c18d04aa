"""The shape of `report.json` for a week and for a month."""

from datetime import date
from typing import Literal

from tasks.marts.rows import Direction, Lane
from tasks.report.page import Line, Loss, Part, Placed, Row, Sheet, Tick


class PeriodCategory(Part):
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
    """The targets of its days together."""
    target_direction: Direction | None
    usual_seconds: int | None
    """What the periods before say it would be; null where there are too few of them."""
    achieved_days: int
    judged_days: int


class ComparedRow(Row):
    """One line of the table, held against the plan, its targets, and the periods before."""

    kept: str
    """How many planned events were kept, of how many; empty without any."""
    from_usual: str
    unusual: bool
    """Whether it is so far from usual that the page says it in ink."""
    line: Line
    """Its actual seconds in the twelve periods up to this one."""
    met: str
    """On how many days the target was met, of how many; empty without one."""
    streak: str
    """How many judged days in a row it had met its target in the end, and the most ever."""


class ComparedTable(Part):
    """Where the time went, and how that compares."""

    rows: tuple[ComparedRow, ...]
    scale_seconds: int
    """What a full bar stands for; a longer one is cut."""
    remark: str


class Piece(Placed):
    """A stretch of plan or of owned time on a day's ribbon; seconds elapse from the day's start."""

    lane: Lane
    state: Literal["done", "kept", "lost", "not_done", "to_come"]
    color: str
    ink: str
    """#rrggbb of letters that can be read on the colour."""
    label: str
    from_before: bool
    into_next: bool
    """Whether midnight cuts it here."""


class Ribbon(Part):
    """A day from midnight to midnight as a ribbon: the plan above, what was done below."""

    label: str
    note: str
    """A holiday's name or the all-day events."""
    day_off: bool
    day_seconds: int
    ticks: tuple[Tick, ...]
    pieces: tuple[Piece, ...]
    remark: str
    """Why there is nothing to see."""
    adherence: str
    tracked: str
    untracked: str


class Ribbons(Part):
    """The days of a week below each other."""

    ticks: tuple[Tick, ...]
    """The hours of an ordinary day, for the head."""
    axis_seconds: int
    """As long as the longest day."""
    days: tuple[Ribbon, ...]
    alt: str


class Night(Part):
    """A main sleep, by the day that it ended on; both ends null where none is recorded."""

    label: str
    bed_seconds: int | None
    wake_seconds: int | None
    """On the wall clock, from where the axis begins."""
    span: str
    length: str


class Nights(Part):
    """How a week was slept, on an axis from the evening to the day."""

    ticks: tuple[Tick, ...]
    axis_seconds: int
    nights: tuple[Night, ...]
    remark: str
    color: str
    alt: str


class Column(Part):
    """A day or a month among others."""

    label: str
    value: str
    share: float
    """Of the full height, 0 to 1."""
    newest: bool


class Columns(Part):
    """Days or months side by side."""

    title: str
    remark: str
    columns: tuple[Column, ...]
    alt: str


class Slice(Part):
    """One category's share of a day."""

    seconds: int
    color: str


class CalendarDay(Part):
    """A day in the month's calendar."""

    number: str
    note: str
    day_off: bool
    adherence: str
    share: float | None
    day_seconds: int
    slices: tuple[Slice, ...]
    standing: Literal["best", "worst"] | None


class CalendarWeek(Part):
    """A week of the calendar; a day of another month is null. The figures are those of the whole week."""

    label: str
    days: tuple[CalendarDay | None, ...]
    adherence: str
    tracked: str


class Calendar(Part):
    """The month as weeks below each other."""

    weekdays: tuple[str, ...]
    weeks: tuple[CalendarWeek, ...]
    alt: str


class Standout(Part):
    """One of the days on which the plan was kept best or worst."""

    day: str
    adherence: str
    remark: str
    best: bool


class PeriodSheet(Sheet):
    """What the sheets of a week and of a month both have. Seconds are whole."""

    last_date: date
    days: int
    """How many of its days the marts know."""
    day_seconds: int
    tracked_seconds: int
    untracked_seconds: int
    planned_seconds: int
    replanned_seconds: int
    nights: int
    asleep_seconds: int
    adherence: float | None
    """The share of the planned time that was spent as planned, 0 to 1; null when nothing was planned."""
    categories: tuple[PeriodCategory, ...]
    table: ComparedTable
    losses: tuple[Loss, ...]


class WeeklyReport(PeriodSheet):
    """All that is on the page of a week; strings are ready to print in the page's language."""

    edition: Literal["weekly"] = "weekly"
    ribbons: Ribbons
    sleep: Nights
    next_week: Columns


class MonthlyReport(PeriodSheet):
    """All that is on the page of a month; strings are ready to print in the page's language."""

    edition: Literal["monthly"] = "monthly"
    calendar: Calendar
    standouts: tuple[Standout, ...]
    twelve_months: Columns
