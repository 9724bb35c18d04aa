"""The rows of the marts as types: one dataclass for each mart, equal to its contract in `dbt_project/models/marts`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Literal, TypeAlias

AdviceKind: TypeAlias = Literal["takes_longer", "takes_less", "rarely_kept"]
DayType: TypeAlias = Literal["weekday", "holiday"]
Direction: TypeAlias = Literal["more", "less", "neutral"]
Lane: TypeAlias = Literal["actual", "plan"]
Outcome: TypeAlias = Literal["kept", "late", "early", "interrupted", "not_done", "pending"]
PlanBasis: TypeAlias = Literal["frozen", "current"]


@dataclass(frozen=True)
class MartRow:
    """A row of some mart: the fields are its columns, in the contract's order; lengths are seconds, instants aware.

    `MART` is its table in schema `marts`, `ORDER` the columns by which rows are given. Of a row that `is_private`
    nothing but figures and the category may leave the machine.
    """

    MART: ClassVar[str]
    ORDER: ClassVar[Sequence[str]]


@dataclass(frozen=True)
class Day(MartRow):
    """A local day that the marts know."""

    MART = "days"
    ORDER = ("day",)
    day: date
    day_start: datetime
    day_end: datetime
    day_seconds: int
    iso_weekday: int
    week: date
    month: date
    day_type: DayType
    holiday_name_en: str | None
    holiday_name_ja: str | None
    is_ended: bool


@dataclass(frozen=True)
class DailySummary(MartRow):
    """A local day's figures over all categories."""

    MART = "daily_summary"
    ORDER = ("day",)
    day: date
    day_type: DayType
    day_seconds: int
    tracked_seconds: int
    untracked_seconds: int
    planned_seconds: int
    replanned_seconds: int
    plan_basis: PlanBasis
    adherence: Decimal | None
    partial: bool


@dataclass(frozen=True)
class DailyCategory(MartRow):
    """A category's figures on a local day."""

    MART = "daily_category"
    ORDER = ("day", "category")
    day: date
    category: str
    coarse_category: str | None
    raw_seconds: int
    actual_seconds: int
    planned_seconds: int
    overlap_seconds: int
    target_seconds: int | None
    target_direction: Direction | None
    estimate_seconds: int | None
    achieved: bool | None


@dataclass(frozen=True)
class TimelineStretch(MartRow):
    """A stretch of a local day in one of its two lanes; of those that start together the longer comes first.

    `began_at` and `ended_at` are the ends of the entry or event itself, which may lie on other days.
    """

    MART = "daily_timeline"
    ORDER = ("day", "start_at", "end_at desc", "lane", "source_id")
    day: date
    lane: Lane
    start_at: datetime
    end_at: datetime
    category: str
    title: str | None
    project: str | None
    source_id: str | None
    social: str | None
    began_at: datetime | None
    ended_at: datetime | None
    is_private: bool


@dataclass(frozen=True)
class DailySocial(MartRow):
    """With whom a local day's time was spent."""

    MART = "daily_social"
    ORDER = ("day", "social")
    day: date
    social: str
    actual_seconds: int


@dataclass(frozen=True)
class DayNote(MartRow):
    """An all-day event of a local day."""

    MART = "day_notes"
    ORDER = ("day", "title", "source_id")
    day: date
    title: str | None
    calendar: str | None
    category: str
    source_id: str
    is_private: bool


@dataclass(frozen=True)
class ShownCategory(MartRow):
    """How a category is shown, and where it stands among the others."""

    MART = "categories"
    ORDER = ("sort_order", "category")
    category: str
    name_en: str
    name_ja: str
    color: str
    sort_order: int
    coarse_category: str | None
    is_sleep: bool


@dataclass(frozen=True)
class SourceState(MartRow):
    """How fresh a source is; `error` is one sentence on why its last sync failed."""

    MART = "sources"
    ORDER = ("source desc",)
    source: str
    as_of: datetime | None
    error: str | None


@dataclass(frozen=True)
class LedgerPiece(MartRow):
    """A piece of a planned event, and what became of it; `actual_category` is who owned it."""

    MART = "plan_ledger"
    ORDER = ("day", "start_at", "source_id")
    day: date
    source_id: str
    start_at: datetime
    end_at: datetime
    seconds: int
    outcome: Outcome
    category: str
    title: str | None
    actual_category: str | None
    is_private: bool


@dataclass(frozen=True)
class PlanOutcome(MartRow):
    """What became of a planned event as a whole."""

    MART = "plan_outcomes"
    ORDER = ("day", "start_at", "source_id")
    day: date
    source_id: str
    title: str | None
    category: str
    start_at: datetime
    end_at: datetime
    planned_seconds: int
    kept_seconds: int
    late_seconds: int
    early_seconds: int
    interrupted_seconds: int
    not_done_seconds: int
    pending_seconds: int
    displaced_by: str | None
    displaced_seconds: int
    is_private: bool


@dataclass(frozen=True)
class Streak(MartRow):
    """How many judged days in a row a category had met its target by a local day."""

    MART = "streaks"
    ORDER = ("day", "category")
    day: date
    category: str
    achieved: bool
    streak_days: int
    best_days: int


@dataclass(frozen=True)
class Sleep(MartRow):
    """A sleep that ended on a local day."""

    MART = "sleep"
    ORDER = ("day", "number")
    day: date
    number: int
    kind: Literal["main", "nap"]
    bed_at: datetime
    wake_at: datetime
    asleep_seconds: int
    awake_seconds: int
    interruptions: int


@dataclass(frozen=True)
class Deviation(MartRow):
    """How far a category was from its plan on a local day; place 1 is the farthest."""

    MART = "deviations"
    ORDER = ("day", "place")
    day: date
    category: str
    deviation_seconds: int
    place: int


@dataclass(frozen=True)
class AdherenceTrend(MartRow):
    """The share of the plan that was kept on a local day, the two parts of it, and over the days up to it."""

    MART = "adherence_trend"
    ORDER = ("day",)
    day: date
    adherence: Decimal | None
    right_length: Decimal | None
    on_time: Decimal | None
    adherence_7: Decimal | None
    adherence_28: Decimal | None
    planned_days_28: int


@dataclass(frozen=True)
class CategoryHistory(MartRow):
    """A category on one of the 28 days up to a local day."""

    MART = "category_history"
    ORDER = ("day", "category", "past_day")
    day: date
    category: str
    past_day: date
    actual_seconds: int
    planned_seconds: int
    target_seconds: int | None
    achieved: bool | None


@dataclass(frozen=True)
class UntrackedGap(MartRow):
    """A stretch of a local day that nobody tracked, between what came before and after."""

    MART = "untracked_gaps"
    ORDER = ("day", "start_at")
    day: date
    start_at: datetime
    end_at: datetime
    seconds: int
    after_category: str | None
    before_category: str | None


@dataclass(frozen=True)
class NextDayPlan(MartRow):
    """A planned event of the day after a local day."""

    MART = "next_day_plan"
    ORDER = ("day", "start_at", "end_at desc", "source_id")
    day: date
    next_day: date
    start_at: datetime
    end_at: datetime
    category: str
    title: str | None
    project: str | None
    source_id: str
    is_private: bool


@dataclass(frozen=True)
class Advice(MartRow):
    """What the days up to a local day say of a category that is planned next; place 1 has the most at stake."""

    MART = "advice"
    ORDER = ("day", "place")
    day: date
    place: int
    kind: AdviceKind
    category: str
    planned_days: int
    kept_days: int
    ratio: Decimal
    next_planned_seconds: int
    usual_seconds: int
    at_stake_seconds: int


@dataclass(frozen=True)
class WeeklyCategory(MartRow):
    """A category's figures over a week, which is known by its Monday."""

    MART = "weekly_category"
    ORDER = ("week", "category")
    week: date
    category: str
    coarse_category: str | None
    days: int
    raw_seconds: int
    actual_seconds: int
    planned_seconds: int
    overlap_seconds: int
    target_seconds: int | None
    achieved_days: int
    judged_days: int
    usual_seconds: int | None


@dataclass(frozen=True)
class MonthlyCategory(MartRow):
    """A category's figures over a month, which is known by its first day."""

    MART = "monthly_category"
    ORDER = ("month", "category")
    month: date
    category: str
    coarse_category: str | None
    days: int
    raw_seconds: int
    actual_seconds: int
    planned_seconds: int
    overlap_seconds: int
    target_seconds: int | None
    achieved_days: int
    judged_days: int
    usual_seconds: int | None


@dataclass(frozen=True)
class WeeklySummary(MartRow):
    """A week's figures over all categories, as far as its days are known."""

    MART = "weekly_summary"
    ORDER = ("week",)
    week: date
    first_day: date
    last_day: date
    days: int
    day_seconds: int
    tracked_seconds: int
    untracked_seconds: int
    planned_seconds: int
    replanned_seconds: int
    adherence: Decimal | None
    right_length: Decimal | None
    on_time: Decimal | None
    nights: int
    asleep_seconds: int
    partial: bool


@dataclass(frozen=True)
class MonthlySummary(MartRow):
    """A month's figures over all categories, as far as its days are known."""

    MART = "monthly_summary"
    ORDER = ("month",)
    month: date
    first_day: date
    last_day: date
    days: int
    day_seconds: int
    tracked_seconds: int
    untracked_seconds: int
    planned_seconds: int
    replanned_seconds: int
    adherence: Decimal | None
    right_length: Decimal | None
    on_time: Decimal | None
    nights: int
    asleep_seconds: int
    partial: bool
