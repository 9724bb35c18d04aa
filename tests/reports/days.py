"""Builds the marts of a day by hand: a believable one, and whatever a test wants to make of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pandas as pd

from tasks.marts import DayMarts, DaySummary

TOKYO = ZoneInfo("Asia/Tokyo")
MONDAY = date(2026, 11, 23)

# category -> (name in English, name in Japanese, colour of Toggl's palette)
CATEGORIES = {
    "Sleep": ("Sleep", "睡眠", "#465bb3"),
    "Deep work": ("Deep work", "集中作業", "#0b83d9"),
    "Meetings": ("Meetings", "会議", "#9e5bd9"),
    "Email": ("Email", "メール", "#525266"),
    "Learning": ("Learning", "学習", "#06a893"),
    "Reading": ("Reading", "読書", "#566614"),
    "Exercise": ("Exercise", "運動", "#2da608"),
    "Meals": ("Meals", "食事", "#c7af14"),
    "Family": ("Family", "家族", "#d94182"),
    "Commute": ("Commute", "移動", "#c9806b"),
    "Chores": ("Chores", "家事", "#bf7000"),
    "Leisure": ("Leisure", "余暇", "#e36a00"),
    "Uncategorized": ("Uncategorized", "未分類", "#525266"),
    "Untracked": ("Untracked", "未記録", "#ffffff"),
}

TIMELINE_COLUMNS = (
    *("lane", "start_at", "end_at", "category", "title", "project", "source_id"),
    *("name_en", "name_ja", "color"),
)
CATEGORY_COLUMNS = (
    *("category", "coarse_category", "raw_seconds", "actual_seconds", "planned_seconds", "overlap_seconds"),
    *("target_seconds", "target_direction", "estimate_seconds", "achieved", "name_en", "name_ja", "color"),
)


@dataclass(frozen=True)
class Stretch:
    """One stretch, from and to as "9:30" of the local day ("24:00" is its end)."""

    start: str
    end: str
    category: str
    title: str | None = None


PLANNED = (
    Stretch("0:00", "6:30", "Sleep", "睡眠"),
    Stretch("7:00", "7:45", "Meals", "Breakfast with the children"),
    Stretch("8:30", "9:00", "Email", "Inbox & planning"),
    Stretch("9:00", "11:00", "Deep work", "日跨ぎモデルの設計"),
    Stretch("11:00", "11:30", "Meetings", "朝会 / Standup"),
    Stretch("12:00", "13:00", "Meals", "昼食"),
    Stretch("13:00", "14:00", "Meetings", "佐藤さん 1on1"),
    Stretch("13:30", "14:30", "Meetings", "Design review: quarterly roadmap"),
    Stretch("14:30", "17:00", "Deep work", "Typst レポートのレイアウト"),
    Stretch("18:00", "19:00", "Exercise", "ラン 8 km"),
    Stretch("19:30", "20:30", "Meals", "夕食"),
    Stretch("20:30", "21:30", "Learning", "Japanese grammar N1"),
    Stretch("23:00", "24:00", "Sleep", "睡眠"),
)

ACTUAL = (
    Stretch("0:00", "6:48", "Sleep", "睡眠"),
    Stretch("6:48", "7:10", "Chores", "洗濯"),
    Stretch("7:10", "7:40", "Meals", "朝食"),
    Stretch("7:40", "8:05", "Reading", "『失敗の科学』"),
    Stretch("8:05", "8:35", "Commute", "電車"),
    Stretch("8:35", "9:32", "Email", "Inbox"),
    Stretch("9:32", "10:15", "Deep work", "日跨ぎモデルの設計"),
    Stretch("10:15", "10:24", "Email", "返信"),
    Stretch("10:24", "11:02", "Deep work", "日跨ぎモデルの設計"),
    Stretch("11:02", "11:38", "Meetings", "朝会"),
    Stretch("11:38", "12:20", "Deep work", "PR reviews"),
    Stretch("12:20", "12:27", "Uncategorized", None),
    Stretch("12:27", "13:02", "Meals", "昼食"),
    Stretch("13:02", "14:11", "Meetings", "佐藤さん 1on1"),
    Stretch("14:11", "14:32", "Meetings", "Design review"),
    Stretch("14:32", "15:05", "Email", "Incident: sync lag"),
    Stretch("15:05", "16:20", "Deep work", "Typst レポート"),
    Stretch("16:20", "16:28", "Leisure", "Coffee"),
    Stretch("16:28", "17:31", "Deep work", "Typst レポート"),
    Stretch("17:31", "17:50", "Email", "請求処理"),
    Stretch("17:50", "18:22", "Commute", "電車"),
    Stretch("18:22", "18:45", "Chores", "買い物"),
    Stretch("19:35", "20:20", "Meals", "夕食"),
    Stretch("20:20", "20:34", "Chores", "皿洗い"),
    Stretch("20:34", "21:02", "Leisure", "YouTube"),
    Stretch("21:02", "21:48", "Learning", "文法 N1"),
    Stretch("21:48", "22:25", "Family", "絵本の読み聞かせ"),
    Stretch("22:50", "23:06", "Reading", "『失敗の科学』"),
    Stretch("23:06", "24:00", "Sleep", "睡眠"),
)


def a_day(
    actual: Sequence[Stretch] = ACTUAL,
    planned: Sequence[Stretch] = PLANNED,
    *,
    day: date = MONDAY,
    zone: ZoneInfo = TOKYO,
    notes: Sequence[str] = (),
    targets: Mapping[str, tuple[int, str]] | None = None,
    categories: Mapping[str, tuple[str, str, str]] = CATEGORIES,
    sources: Sequence[tuple[str, datetime | None, str | None]] | None = None,
    **summary: object,
) -> DayMarts:
    """The marts of a day with these stretches; `summary` overrides its figures by name."""
    start, end = (datetime.combine(date_, time(), zone).astimezone(UTC) for date_ in (day, day + timedelta(days=1)))
    length = int((end - start).total_seconds())
    rows = [("actual", *_span(stretch, start, end, zone, day), stretch) for stretch in actual]
    rows += [
        ("actual", free_start, free_end, Stretch("", "", "Untracked"))
        for free_start, free_end in _free(rows, start, end)
    ]
    rows += [("plan", *_span(stretch, start, end, zone, day), stretch) for stretch in planned]
    rows.sort(key=lambda row: (row[1], -row[2].timestamp()))
    timeline = [
        (
            lane,
            from_,
            to,
            stretch.category,
            stretch.title,
            None,
            str(number),
            *categories.get(stretch.category, (None,) * 3),
        )
        for number, (lane, from_, to, stretch) in enumerate(rows)
    ]
    figures = _frame(_figures(rows, targets or {}, categories), CATEGORY_COLUMNS)
    tracked = int(figures[figures["category"] != "Untracked"]["actual_seconds"].sum())
    total, overlap = int(figures["planned_seconds"].sum()), int(figures["overlap_seconds"].sum())
    known = DaySummary(
        day=day,
        day_type="weekday",
        day_seconds=length,
        tracked_seconds=tracked,
        untracked_seconds=length - tracked,
        planned_seconds=total,
        replanned_seconds=0,
        plan_basis="frozen",
        adherence=Decimal(overlap) / Decimal(total) if total else None,
        partial=False,
        day_start=start,
        day_end=end,
        holiday_name_en=None,
        holiday_name_ja=None,
    )
    read = end + timedelta(minutes=1)
    return DayMarts(
        replace(known, **summary),  # type: ignore[arg-type]
        figures,
        _frame(timeline, TIMELINE_COLUMNS),
        _frame(
            [(title, "Calendar", "Uncategorized", title) for title in notes],
            ("title", "calendar", "category", "source_id"),
        ),
        _frame(
            sources if sources is not None else [("toggl", read, None), ("gcal", read, None)],
            ("source", "as_of", "error"),
        ),
    )


def _span(stretch: Stretch, start: datetime, end: datetime, zone: ZoneInfo, day: date) -> tuple[datetime, datetime]:
    def at(clock: str) -> datetime:
        hour, minute = map(int, clock.split(":"))
        return end if hour == 24 else datetime.combine(day, time(hour, minute), zone).astimezone(UTC)

    return max(start, at(stretch.start)), at(stretch.end)


def _free(
    rows: Sequence[tuple[str, datetime, datetime, Stretch]], start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    """What nobody tracked of the day."""
    free, reached = [], start
    for _, from_, to, _ in sorted(rows, key=lambda row: row[1]):
        if reached < from_:
            free.append((reached, from_))
        reached = max(reached, to)
    return [*free, (reached, end)] if reached < end else free


def _figures(
    rows: Sequence[tuple[str, datetime, datetime, Stretch]],
    targets: Mapping[str, tuple[int, str]],
    categories: Mapping[str, tuple[str, str, str]],
) -> Sequence[Sequence[object]]:
    """The day's categories with figures counted second by second, the slowest way and the plainest."""
    seconds: dict[str, dict[str, set[int]]] = {}
    for lane, start, end, stretch in rows:
        own = seconds.setdefault(stretch.category, {"actual": set(), "plan": set()})
        own[lane].update(range(int(start.timestamp()), int(end.timestamp())))
    order = {name: number for number, name in enumerate(categories)}
    found = []
    for category in sorted(seconds.keys() | targets.keys(), key=lambda name: (order.get(name, 999), name)):
        own = seconds.get(category, {"actual": set(), "plan": set()})
        actual, plan = own["actual"], own["plan"]
        target, direction = targets.get(category, (None, None))
        achieved = None if target is None else len(actual) >= target if direction == "more" else len(actual) <= target
        lengths = (len(actual), len(actual), len(plan), len(actual & plan))
        names = categories.get(category, (None, None, None))
        found.append((category, category, *lengths, target, direction, None, achieved, *names))
    return found


def _frame(rows: Sequence[Sequence[object]], columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame([list(row) for row in rows], columns=pd.Index(columns), dtype=object)
