"""The marts of a week and of a month become one handsome sheet each, whatever the time was."""

import io
import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from tasks.marts.periods import MonthMarts, WeekMarts
from tasks.report.files import set_page
from tasks.report.monthly import build_monthly
from tasks.report.periods import MonthlyReport, PeriodSheet, WeeklyReport
from tasks.report.weekly import build_weekly
from tests.reports.days import MONDAY, TOKYO, Stretch
from tests.reports.period_kinds import (
    CROWDED,
    EMPTY,
    FORTY,
    LONG_AGO,
    NEW_YORK,
    ODD_MONTHS,
    ODD_WEEKS,
    every_day,
    only_tracked,
    until_wednesday,
)
from tests.reports.periods import Lived, a_month, a_week

LANGUAGES: tuple[Literal["en", "ja"], ...] = ("en", "ja")


def _weekly(
    marts: WeekMarts,
    *,
    zone: ZoneInfo = TOKYO,
    locale: Literal["ja", "en"] = "en",
    generated_at: datetime | None = None,
) -> WeeklyReport:
    made = generated_at or marts.days[-1].day_end + timedelta(minutes=2)
    return build_weekly(marts, zone=zone, locale=locale, generated_at=made)


def _monthly(
    marts: MonthMarts,
    *,
    zone: ZoneInfo = TOKYO,
    locale: Literal["ja", "en"] = "en",
    generated_at: datetime | None = None,
) -> MonthlyReport:
    made = generated_at or marts.days[-1].day_end + timedelta(minutes=2)
    return build_monthly(marts, zone=zone, locale=locale, generated_at=made)


def _text(sheet: PeriodSheet) -> str:
    return " ".join(PdfReader(io.BytesIO(set_page(sheet))).pages[0].extract_text().split())


def _is_one_light_tagged_a4_sheet(sheet: PeriodSheet) -> None:
    page = set_page(sheet)
    reader = PdfReader(io.BytesIO(page))
    (only,) = reader.pages
    assert [round(float(side)) for side in (only.mediabox.width, only.mediabox.height)] == [595, 842]
    assert len(page) <= 200_000
    assert str(reader.root_object["/Lang"]) == sheet.locale
    assert "/StructTreeRoot" in reader.root_object
    assert reader.metadata is not None
    assert reader.metadata.title == f"lifetracer: {sheet.title}"
    assert page == set_page(sheet)


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("name", ODD_WEEKS)
def test_every_week_is_one_tagged_a4_sheet_under_200_kb(name: str, locale: Literal["ja", "en"]) -> None:
    zone = NEW_YORK if name.startswith("clocks") else TOKYO
    _is_one_light_tagged_a4_sheet(_weekly(ODD_WEEKS[name](), zone=zone, locale=locale))


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("name", ODD_MONTHS)
def test_every_month_is_one_tagged_a4_sheet_under_200_kb(name: str, locale: Literal["ja", "en"]) -> None:
    zone = NEW_YORK if name.startswith("clocks") else TOKYO
    _is_one_light_tagged_a4_sheet(_monthly(ODD_MONTHS[name](), zone=zone, locale=locale))


def test_the_page_says_the_week_in_english() -> None:
    text = _text(_weekly(a_week()))
    for said in (
        "Week 48 · 23–29 November 2026",
        "3 days off · Mon 23 Labor Thanksgiving Day",
        "Exercise got 5 h 14 less than planned, with 1 of 7 events kept.",
        "Email took 9 h 00 more than planned.",
        "week before 59 % · 12 weeks 58–77 %",
        "Sleep per night 8 h 07 7 nights · 7 h 02 to 9 h 23",
        "Mon 23 Labor Thanks… Sleep 75 % 22 h 48 1 h 12",
        "Wed 25 東京出張",
        "Exercise 1 h 46 −5 h 14 1/7 +22 min 2/7 2/9",
        "ラン 8 km −5 h 00 Mon–Fri · short on 5 of 5 days",
        "Sun 29 14:00–17:00 · did not happen · time untracked",
        "to bed 22:46 to 23:49 · up 6:46 to 8:12",
        "Next week · Week 49 105 h 00 planned",
        "Days 327–333 · Asia/Tokyo (UTC+9)",
    ):
        assert said in text


def test_the_page_says_the_week_in_japanese() -> None:
    text = _text(_weekly(a_week(), locale="ja"))
    for said in (
        "2026年第48週 11月23日(月)〜29日(日)",
        "休日3日 · 23日(月)勤労感謝の日",
        "運動は計画より5時間14分少なく、予定7件中1件を実施。",
        "計画より9時間多い。",
        "前週 59% · 12週 58〜77%",
        "月〜金 · 5日中5日で不足",
        "翌週 · 第49週 計画105時間",
    ):
        assert said in text
    assert "Untracked" not in text


def test_the_page_says_the_month_in_both_languages() -> None:
    english, japanese = (_text(_monthly(a_month(), locale=locale)) for locale in LANGUAGES)
    for said in (
        "November 2026 10 days off · Mon 23 Labor Thanksgiving Day",
        "Exercise got 21 h 41 less than planned, with 6 of 30 events kept.",
        "month before 61 % · 12 months 60–79 %",
        "Week 48",
        "▼ Tue 24 66 % 9/13 kept · Deep work −3 h 13",
        "Twelve months plan adherence in %",
        "Weeks 44–49 · Asia/Tokyo (UTC+9)",
    ):
        assert said in english
    for said in ("2026年11月", "運動は計画より21時間41分少なく", "前月 61%", "▼ 24日(火) 66%", "第44〜49週"):
        assert said in japanese
    assert "Untracked" not in japanese


@pytest.mark.parametrize(
    ("monday", "english", "japanese"),
    [
        (MONDAY, "Week 48 · 23–29 November 2026", "2026年第48週 11月23日(月)〜29日(日)"),
        (date(2026, 11, 30), "Week 49 · 30 Nov – 6 Dec 2026", "2026年第49週 11月30日(月)〜12月6日(日)"),
        (
            date(2024, 12, 30),
            "Week 1 · 30 Dec 2024 – 5 Jan 2025",
            "2025年第1週 2024年12月30日(月)〜2025年1月5日(日)",
        ),
    ],
)
def test_a_week_is_called_by_its_number_and_its_days(monday: date, english: str, japanese: str) -> None:
    week = a_week(EMPTY, monday=monday)
    assert [_weekly(week, locale=locale).title for locale in LANGUAGES] == [english, japanese]


@pytest.mark.parametrize("locale", LANGUAGES)
def test_figures_equal_the_marts(locale: Literal["ja", "en"]) -> None:
    week, month = a_week(), a_month()
    for marts, sheet in ((week, _weekly(week, locale=locale)), (month, _monthly(month, locale=locale))):
        said = json.loads(sheet.model_dump_json())
        of_period = ("days", "nights", *(name for name in said if name.endswith("_seconds")))
        assert {name: said[name] for name in of_period} == {name: getattr(marts.summary, name) for name in of_period}
        assert said["adherence"] == float(marts.summary.adherence or 0)
        figures = [name for name in said["categories"][0] if name.endswith(("_seconds", "_days"))]
        assert [{name: row[name] for name in ("name", *figures)} for row in said["categories"]] == [
            {"name": row.category} | {name: getattr(row, name) for name in figures} for row in marts.categories
        ]
        assert (said["date"], said["last_date"]) == (str(marts.span.first), str(marts.span.last))


def test_the_table_keeps_the_longest_and_sums_up_the_rest() -> None:
    marts = a_week(CROWDED, categories=FORTY)
    rows = _weekly(marts).table.rows
    assert (len(rows), rows[-1].label, rows[-1].kept) == (15, "27 more", "189/189")
    for figure in ("actual_seconds", "planned_seconds"):
        assert sum(getattr(row, figure) for row in rows) == sum(getattr(row, figure) for row in marts.categories)
    lines = [row.line[-1] or 0 for row in rows]
    assert sum(lines) == sum(row.actual_seconds for row in marts.categories)


def test_only_what_is_large_in_itself_and_against_its_plan_is_alarming() -> None:
    week = a_week(
        every_day(
            [Stretch("0:00", "8:00", "Sleep"), Stretch("9:00", "9:08", "Email"), Stretch("10:00", "11:20", "Meetings")],
            [Stretch("0:00", "7:00", "Sleep"), Stretch("9:00", "9:01", "Email"), Stretch("10:00", "11:00", "Meetings")],
        )
    )
    assert {row.label: row.alarm for row in _weekly(week).table.rows} == {
        "Sleep": False,  # seven hours more, but a seventh of the plan
        "Email": False,  # eight times the plan, but 49 minutes
        "Meetings": True,
        "Untracked": False,
    }


def test_a_headline_tells_what_went_beyond_the_usual_where_nothing_was_planned() -> None:
    week = a_week(only_tracked)
    rows = [replace(row, usual_seconds=4 * 3600 if row.category == "Leisure" else None) for row in week.categories]
    headline = "".join(_weekly(replace(week, categories=rows)).headline)
    assert headline == "Nothing was planned this week; 149 h 46 was tracked. Leisure took 3 h 02 more than usual."


def test_a_period_without_a_plan_has_no_score() -> None:
    for sheet in (_weekly(a_week(only_tracked)), _monthly(a_month(only_tracked))):
        assert (sheet.adherence, sheet.score.value) == (None, None)
        assert {row.difference for row in sheet.table.rows} == {"–"}
        assert "no plan" in _text(sheet)


def test_the_first_week_ever_has_nothing_to_be_compared_with() -> None:
    week = _weekly(a_week(known=4, before=0))
    assert week.notices == ("Only 4 days of it are known.",)
    assert (week.score.remark, week.table.remark) == ("", "usual from the third week on")
    assert {row.from_usual for row in week.table.rows} == {"–"}
    assert [day.remark for day in week.ribbons.days] == ["not known"] * 3 + [""] * 4


def test_a_week_that_is_not_over_says_so_and_blames_nobody_for_what_is_to_come() -> None:
    marts = a_week(until_wednesday)
    week = _weekly(marts, generated_at=marts.days[2].day_end + timedelta(hours=1))
    assert week.partial
    assert week.notices == ("This week was not over when the page was set.",)
    assert week.headline == ("So far 66 h 03 of this week is tracked.",)
    assert {row.label for row in week.table.rows if row.alarm} == {"Email"}  # it took more than planned already
    assert [day.adherence for day in week.ribbons.days[3:]] == ["–"] * 4
    assert {piece.state for day in week.ribbons.days[3:] for piece in day.pieces} == {"to_come"}
    assert "Mon–Wed · short on 3 of 3 days" in _text(week)


def test_a_stale_source_is_named_with_its_last_reading() -> None:
    marts = a_month(partial=True, sources=[("toggl", LONG_AGO, "token refused"), ("gcal", None, None)])
    month = _monthly(marts)
    assert month.notices == (
        "Perhaps incomplete: Toggl Track was last read 22 Nov 9:00 · Google Calendar has never been read.",
    )
    assert [source.stale for source in month.sources] == [True, True]


@pytest.mark.parametrize(
    ("monday", "last_hours", "said"),
    [
        (date(2026, 3, 2), 23, "Clocks changed: Sun 8 had 23 h 00."),
        (date(2026, 10, 26), 25, "Clocks changed: Sun 1 had 25 h 00."),
    ],
)
def test_a_ribbon_is_elapsed_time_with_the_hours_of_the_wall_clock(monday: date, last_hours: int, said: str) -> None:
    week = _weekly(a_week(EMPTY, monday=monday, zone=NEW_YORK), zone=NEW_YORK)
    assert [day.day_seconds // 3600 for day in week.ribbons.days] == [24] * 6 + [last_hours]
    assert [tick.seconds // 3600 for tick in week.ribbons.days[0].ticks] == list(range(0, 25, 3))
    late = last_hours - 24
    assert [tick.seconds // 3600 for tick in week.ribbons.days[-1].ticks] == [
        hour + late if hour else 0 for hour in range(0, 25, 3)
    ]
    assert week.notices == (said,)


def test_a_night_reaches_over_midnight_on_both_of_its_ribbons() -> None:
    week = _weekly(a_week(known=2, before=0))
    sunday = [piece for piece in week.ribbons.days[-1].pieces if piece.lane == "actual"]
    assert (sunday[0].label, sunday[0].from_before, sunday[0].into_next) == ("Sleep", True, False)
    assert (sunday[-1].from_before, sunday[-1].into_next) == (False, True)
    assert [(night.span, night.length) for night in week.sleep.nights[-2:]] == [
        ("22:47–8:09", "9 h 22"),
        ("22:49–8:12", "9 h 23"),
    ]
    assert week.sleep.nights[0].bed_seconds is None


def test_one_event_that_failed_in_pieces_is_one_piece_of_the_ribbon() -> None:
    lived = every_day(
        [Stretch("9:00", "9:20", "Email"), Stretch("9:40", "10:00", "Chores")], [Stretch("9:00", "10:00", "Exercise")]
    )
    (piece,) = (each for each in _weekly(a_week(lived, known=1)).ribbons.days[-1].pieces if each.lane == "plan")
    assert (piece.state, piece.start_seconds, piece.end_seconds) == ("not_done", 9 * 3600, 10 * 3600)


def test_an_event_counts_as_kept_from_half_of_it_on() -> None:
    lived = every_day(
        [Stretch("9:00", "9:30", "Email"), Stretch("11:00", "11:29", "Email")],
        [Stretch("9:00", "10:00", "Email"), Stretch("11:00", "12:00", "Email")],
    )
    (row, _) = _weekly(a_week(lived, known=1)).table.rows
    assert row.kept == "1/2"


def test_where_all_days_are_equal_none_stands_out() -> None:
    month = _monthly(a_month(CROWDED, known=10, categories=FORTY))
    assert month.standouts == ()
    assert "no day stands out" in _text(month)


def test_private_titles_are_not_on_the_page() -> None:
    lived: Lived = every_day(
        [Stretch("9:00", "9:10", "Email", "Dr. Noir")],
        [Stretch("9:00", "12:00", "Email", "Dr. Noir"), Stretch("13:00", "14:00", "Family", "Birthday")],
        notes=("Clinic",),
        private=("Dr. Noir", "Clinic"),
    )
    for sheet in (_weekly(a_week(lived)), _monthly(a_month(lived, known=5))):
        said = sheet.model_dump_json()
        assert "Noir" not in said
        assert "Clinic" not in said
        assert [loss.title for loss in sheet.losses] == ["Email", "Birthday"]


def test_markup_in_titles_is_printed_and_not_obeyed() -> None:
    title = '#eval("1+1") *b* $x$ // c'
    assert title in _text(_weekly(a_week(every_day((), [Stretch("9:00", "12:00", "Email", title)]))))


def test_the_gist_is_three_lines() -> None:
    assert _weekly(a_week()).gist == (
        "Plan adherence 76 %",
        "Tracked 149 h 46, 89 % of the time",
        "Exercise got 5 h 14 less than planned, with 1 of 7 events kept. Email took 9 h 00 more than planned.",
    )
