"""A day's marts become one handsome sheet, whatever the day was, and the same files when nothing changed."""

import io
import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal, cast
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from tasks.errors import ReportError
from tasks.marts import DayMarts
from tasks.report.editions import PageOf
from tasks.report.files import page_exists, picture, set_page, write_report
from tasks.report.page import Report
from tasks.report.table import ROWS
from tests.reports.days import MONDAY, PLANNED, TOKYO, Stretch, a_day
from tests.reports.kinds import KINDS, NEW_YORK, Kind, forty_categories

LANGUAGES: tuple[Literal["en", "ja"], ...] = ("en", "ja")


def _report(
    marts: DayMarts,
    *,
    zone: ZoneInfo = TOKYO,
    locale: Literal["ja", "en"] = "en",
    generated_at: datetime | None = None,
) -> Report:
    return Kind(marts, zone, generated_at).report(locale)


def _pdf(report: Report) -> PdfReader:
    return PdfReader(io.BytesIO(set_page(report)))


def _text(report: Report) -> str:
    return " ".join(_pdf(report).pages[0].extract_text().split())


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("name", KINDS)
def test_every_day_is_one_tagged_a4_sheet_under_200_kb(name: str, locale: Literal["ja", "en"]) -> None:
    page = set_page(KINDS[name].report(locale))
    reader = PdfReader(io.BytesIO(page))
    (sheet,) = reader.pages
    assert [round(float(side)) for side in (sheet.mediabox.width, sheet.mediabox.height)] == [595, 842]
    assert len(page) <= 200_000
    assert str(reader.root_object["/Lang"]) == locale
    assert reader.metadata is not None
    assert str(reader.metadata.title).startswith("lifetracer: ")
    fonts = {str(font["/BaseFont"]).partition("+")[2].partition("-")[0] for font in _fonts(reader)}
    assert fonts <= {"Inter", "NotoSansCJKjp", "NotoSansCJKrare", "NotoEmoji", "NotoSansArabic", "NotoSansHebrew"}


def _fonts(reader: PdfReader) -> list[DictionaryObject]:
    resources = reader.pages[0].get_inherited("/Resources", DictionaryObject())
    fonts = cast("DictionaryObject", cast("DictionaryObject", resources.get_object())["/Font"].get_object())
    return [cast("DictionaryObject", font.get_object()) for font in fonts.values()]


def test_a_page_with_an_empty_box_would_be_refused() -> None:
    report = _report(a_day()).model_copy(update={"subtitle": "การประชุม"})
    with pytest.raises(ReportError, match="could not be displayed"):
        set_page(report)


def test_the_page_says_the_day_in_english() -> None:
    marts = a_day(
        notes=("東京出張", "Mum's birthday"),
        day_type="holiday",
        holiday=("Labor Thanksgiving Day", None),
        replanned_seconds=2400,
    )
    text = _text(_report(marts))
    for said in (
        "Monday, 23 November 2026",
        "Day off · Labor Thanksgiving Day",
        "ラン 8 km (18:00–19:00) did not happen, displaced by Chores. Email took 1 h 28 more than planned.",
        "Plan adherence on time 89 % × right length 88 % 7 days 71 % · 28 days 68 % 79%",
        "Tracked 22 h 45 95 % of the day",
        "Untracked 1 h 15 2 gaps, longest 50 min",
        "Planned 19 h 15 40 min changed since the morning",
        "All day: 東京出張 · Mum's birthday",
        "Email 1 h 58 +1 h 28",
        "日跨ぎモデルの設計 Deep work · 2 h 00 9:00",
        "untracked 50 min",
        "Sleep 7 h 42 23:06–6:48",
        "日跨ぎモデルの設計 −41 min 9:00–11:00 · started 32 min late, interrupted 9 min · displaced by Email",
        "18:45–19:35 after Chores, before Meals 50 min",
        "Plan 1 h 12 for Email, not 30 min (×2.4 of plan, 18 days)",
        "Move or drop Exercise: kept on 2 of 9 planned days",
        "Next day · Tue 24 Nov 8 events · 15 h 30 planned",
        "9:00 Incremental ledger",
        "Asia/Tokyo (UTC+9)",
        "Toggl Track read 24 Nov 0:01 · Google Calendar read 24 Nov 0:01 · set 24 Nov 0:02",
    ):
        assert said in text


def test_the_page_says_the_day_in_japanese() -> None:
    text = _text(_report(a_day(day_type="holiday", holiday=(None, "勤労感謝の日")), locale="ja"))
    for said in (
        "2026年11月23日(月)",
        "休日 · 勤労感謝の日",
        "計画遵守率",
        "22時間45分",
        "集中作業 4時間21分",
        "−1時間",
    ):
        assert said in text
    assert "Untracked" not in text
    assert "未記録" in text


def test_markup_in_titles_is_printed_and_not_obeyed() -> None:
    title = '#eval("1+1") *b* $x$ // c'
    assert title in _text(_report(a_day([Stretch("9:00", "12:00", "Email", title)], ())))


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_bar_or_a_brace_in_a_title_is_a_letter_of_it(locale: Literal["ja", "en"]) -> None:
    planned = [Stretch("9:00", "10:00", "Learning", "a|b {c}")]
    report = _report(a_day([Stretch("9:00", "10:00", "Email", "Mail")], planned), locale=locale)
    assert "a|b {c}" in "".join(report.headline)


def test_a_day_without_a_plan_has_no_score() -> None:
    report = _report(a_day(planned=()))
    assert report.adherence is None
    assert "no plan" in _text(report)
    assert {row.difference for row in report.table.rows} == {"–"}


def test_figures_equal_the_marts() -> None:
    marts = a_day(targets={"Exercise": (1800, "more"), "Leisure": (7200, "less")})
    said = json.loads(_report(marts, locale="ja").model_dump_json())
    figures = [name for name in said["categories"][0] if name not in {"name", "label", "color"}]
    expected = [
        {"name": row.category} | {figure: getattr(row, figure) for figure in figures} for row in marts.categories
    ]
    assert [{key: category[key] for key in ("name", *figures)} for category in said["categories"]] == expected
    assert (said["date"], said["timezone"], said["locale"], said["partial"]) == (
        "2026-11-23",
        "Asia/Tokyo",
        "ja",
        False,
    )
    labels = {category["name"]: category["label"] for category in said["categories"]}
    assert (labels["Untracked"], labels["Uncategorized"]) == ("未記録", "未分類")


def test_the_table_keeps_the_longest_and_sums_up_the_rest() -> None:
    marts = forty_categories()
    table = _report(marts).table.rows
    assert len(table) == ROWS
    assert table[-1].label == "27 more"
    assert any(row.untracked for row in table)
    assert sum(row.actual_seconds for row in table) == sum(row.actual_seconds for row in marts.categories)
    assert sum(row.planned_seconds for row in table) == sum(row.planned_seconds for row in marts.categories)


def test_only_large_deviations_are_alarming() -> None:
    marts = a_day(
        [Stretch("0:00", "8:00", "Sleep"), Stretch("9:00", "9:19", "Email"), Stretch("10:00", "11:20", "Meetings")],
        [Stretch("0:00", "7:00", "Sleep"), Stretch("9:00", "9:01", "Email"), Stretch("10:00", "11:00", "Meetings")],
    )
    assert {row.label: row.alarm for row in _report(marts).table.rows} == {
        "Sleep": False,  # an hour more, but a seventh of the plan
        "Email": False,  # nineteen times the plan, but 18 minutes
        "Meetings": True,
        "Untracked": False,
    }


def test_blocks_lie_where_they_happened_to_the_second() -> None:
    blocks = _report(a_day([Stretch("9:32", "10:15", "Deep work", "a")], ())).timeline.blocks
    assert [(block.start_seconds, block.end_seconds, block.clock) for block in blocks if not block.untracked] == [
        (9 * 3600 + 32 * 60, 10 * 3600 + 15 * 60, "9:32")
    ]


def test_overlapping_plans_stand_side_by_side() -> None:
    planned = [
        Stretch("9:00", "12:00", "Email", "a"),
        Stretch("9:30", "10:00", "Email", "b"),
        Stretch("10:00", "11:00", "Email", "c"),
        Stretch("12:00", "13:00", "Email", "d"),
    ]
    blocks = [block for block in _report(a_day((), planned)).timeline.blocks if block.lane == "plan"]
    assert {block.title: (block.column, block.columns) for block in blocks} == {
        "a": (0, 2),
        "b": (1, 2),
        "c": (1, 2),
        "d": (0, 1),
    }


@pytest.mark.parametrize(
    ("day", "hours", "labels"),
    [
        (date(2026, 3, 8), 23, ["0", "1", "3", "4"]),
        (date(2026, 11, 1), 25, ["0", "1", "1", "2"]),
        (date(2026, 11, 2), 24, ["0", "1", "2", "3"]),
    ],
)
def test_the_axis_is_elapsed_time_with_wall_clock_labels(day: date, hours: int, labels: list[str]) -> None:
    report = _report(a_day(day=day, zone=NEW_YORK), zone=NEW_YORK)
    assert [tick.label for tick in report.timeline.ticks[:4]] == labels
    assert [tick.seconds for tick in report.timeline.ticks] == [hour * 3600 for hour in range(hours + 1)]
    assert report.timeline.ticks[-1].label == "24"
    assert ("clocks changed" in report.footer) == (hours != 24)
    assert len(_pdf(report).pages) == 1


def test_a_planned_event_that_did_not_happen_is_told_with_what_took_its_place() -> None:
    planned = [Stretch("9:00", "10:00", "Learning", "Study"), Stretch("10:00", "11:00", "Email", "Inbox")]
    actual = [Stretch("9:00", "10:00", "Email", "Mail"), Stretch("10:00", "11:00", "Email", "Inbox")]
    report = _report(a_day(actual, planned))
    assert [(loss.title, loss.what, loss.why, loss.lost) for loss in report.losses] == [
        ("Study", "did not happen", "displaced by Email", "−1 h 00")
    ]
    assert [block.title for block in report.timeline.blocks if block.not_done] == ["Study"]
    assert report.headline == (
        "Study (9:00–10:00) did not happen, displaced by Email. Email took 1 h 00 more than planned.",
    )


def test_the_largest_losses_come_first_and_small_ones_not_at_all() -> None:
    planned = [
        Stretch("9:00", "10:00", "Learning", "late"),
        Stretch("11:00", "12:00", "Learning", "punctual"),
        Stretch("13:00", "14:00", "Learning", "cut short"),
    ]
    actual = [
        Stretch("9:20", "10:00", "Learning"),
        Stretch("11:04", "12:00", "Learning"),
        Stretch("13:00", "13:30", "Learning"),
    ]
    report = _report(a_day(actual, planned))
    assert [(loss.title, loss.what, loss.why) for loss in report.losses] == [
        ("cut short", "ended 30 min early", "time untracked"),
        ("late", "started 20 min late", "time untracked"),
    ]


def test_bridges_join_plan_and_actual_where_the_plan_was_kept() -> None:
    planned, actual = [Stretch("9:00", "11:00", "Learning")], [Stretch("9:40", "10:50", "Learning")]
    bridges = _report(a_day(actual, planned)).timeline.bridges
    minutes = [(bridge.start_seconds // 60, bridge.end_seconds // 60, bridge.kept, bridge.alarm) for bridge in bridges]
    assert minutes == [(540, 580, False, True), (580, 650, True, False), (650, 660, False, False)]


def test_an_entry_over_midnight_says_when_it_began_and_when_it_ends() -> None:
    before, after = timedelta(minutes=54), timedelta(hours=7)
    actual = [Stretch("0:00", "6:00", "Sleep", before=before), Stretch("22:00", "24:00", "Sleep", after=after)]
    blocks = [block for block in _report(a_day(actual, ())).timeline.blocks if not block.untracked]
    assert [(block.clock, block.until) for block in blocks] == [("↑23:06", None), ("22:00", "↓7:00")]


def test_a_timer_that_goes_on_after_an_inner_one_is_marked() -> None:
    report = KINDS["nested timers"].report()
    titles = [block.title for block in report.timeline.blocks if block.lane == "actual" and not block.untracked]
    assert titles[1:6] == [
        "The long timer",
        "A call within it",
        "Coffee during the call",
        "↳ A call within it",
        "↳ The long timer",
    ]
    assert report.figures[0].note == "69 % of the day · 3 h 30 in parallel"


def test_the_longest_gaps_are_listed_in_the_order_of_time() -> None:
    actual = [Stretch(f"{hour}:00", f"{hour}:{59 - hour}", "Email") for hour in range(24)]
    report = _report(a_day(actual, ()))
    assert [gap.clock for gap in report.gaps] == ["20:39–21:00", "21:38–22:00", "22:37–23:00", "23:36–24:00"]
    assert report.gaps[0].where == "after Email, before Email"
    assert report.more_gaps == "20 more, 3 h 30 together"


def test_private_things_appear_as_their_category_everywhere() -> None:
    secret = "Dr. Yamada, 14:00"
    everywhere = a_day(
        [Stretch("9:00", "10:00", "Email", secret)],
        [Stretch("9:30", "11:00", "Email", secret)],
        notes=(secret, "東京出張"),
        next_events=[Stretch("9:00", "10:00", "Email", secret)],
        private=(secret,),
    )
    report = _report(everywhere)
    assert "Yamada" not in report.model_dump_json()
    assert "Yamada" not in _text(report)
    assert report.notes == "All day: Uncategorized · 東京出張"


def test_without_a_past_nothing_is_compared() -> None:
    report = KINDS["first day ever"].report()
    assert report.score.remark == ""
    assert all(value is None for value in report.score.line[:-1])


def test_a_streak_stands_behind_its_days() -> None:
    report = KINDS["ordinary"].report()
    strips = {strip.label: strip for strip in report.heat.strips}
    assert [len(strip.cells) for strip in report.heat.strips] == [28] * 9
    assert strips["Reading"].cells[-1].achieved is True
    assert strips["Exercise"].streak.startswith("0/")
    assert [mark.label for mark in report.heat.marks] == ["2 Nov", "9 Nov", "16 Nov", "23 Nov"]


def test_a_stale_source_is_named_with_its_last_reading() -> None:
    read = datetime(2026, 11, 23, 9, 4, tzinfo=UTC)
    marts = a_day(partial=True, sources=[("toggl", read, "token refused"), ("gcal", None, None)])
    report = _report(marts)
    assert report.notices == (
        "Perhaps incomplete: Toggl Track was last read 23 Nov 18:04 · Google Calendar has never been read.",
    )
    assert [source.stale for source in report.sources] == [True, True]
    assert "Toggl Track read 23 Nov 18:04, last sync failed · Google Calendar never read" in _text(report)


def test_a_day_that_is_not_over_says_so() -> None:
    noon = datetime(2026, 11, 23, 3, tzinfo=UTC)
    report = _report(a_day(partial=True, sources=[("toggl", noon, None)]), generated_at=noon)
    assert report.notices == ("This day was not over when the page was set.",)


def test_a_whole_day_says_nothing_of_it() -> None:
    assert _report(a_day()).notices == ()


def test_the_same_report_gives_the_same_bytes() -> None:
    report = _report(a_day())
    assert set_page(report) == set_page(report)


def test_a_page_that_cannot_be_set_is_one_sentence() -> None:
    report = _report(a_day())
    block = report.timeline.blocks[0].model_copy(update={"color": "nope"})
    timeline = report.timeline.model_copy(update={"blocks": (block,)})
    broken = report.model_copy(update={"timeline": timeline})
    with pytest.raises(ReportError, match=r"^The page of 2026-11-23 could not be set: color string .*\.$") as caught:
        set_page(broken)
    assert "\n" not in str(caught.value)


def test_the_files_lie_under_their_year(tmp_path: Path) -> None:
    report = _report(a_day())
    pdf = write_report(report, tmp_path)
    assert pdf == tmp_path / "2026" / "2026-11-23.pdf"
    assert sorted(path.name for path in pdf.parent.iterdir()) == [
        f"2026-11-23.{kind}" for kind in ("json", "pdf", "png")
    ]
    assert Report.model_validate_json(pdf.with_suffix(".json").read_bytes()) == report
    assert pdf.read_bytes() == set_page(report)
    assert pdf.with_suffix(".png").read_bytes() == picture(report)


def _backdate(pdf: Path) -> None:
    for path in pdf.parent.iterdir():
        os.utime(path, (1, 1))


def _stamps(pdf: Path) -> list[float]:
    return [path.stat().st_mtime for path in pdf.parent.iterdir()]


def test_making_it_again_later_touches_nothing(tmp_path: Path) -> None:
    pdf = write_report(_report(a_day()), tmp_path)
    _backdate(pdf)
    later = a_day().day.day_end + timedelta(days=3)
    assert write_report(_report(a_day(), generated_at=later), tmp_path) == pdf
    assert _stamps(pdf) == [1, 1, 1]


def test_a_changed_figure_makes_every_file_anew(tmp_path: Path) -> None:
    pdf = write_report(_report(a_day()), tmp_path)
    _backdate(pdf)
    write_report(_report(a_day(planned=PLANNED[1:])), tmp_path)
    assert min(_stamps(pdf)) > 1


@pytest.mark.parametrize("lost", [".pdf", ".json"])
def test_a_lost_file_is_made_anew(tmp_path: Path, lost: str) -> None:
    pdf = write_report(_report(a_day()), tmp_path)
    pdf.with_suffix(lost).unlink()
    assert not page_exists(tmp_path, PageOf("daily", MONDAY))
    write_report(_report(a_day()), tmp_path)
    assert page_exists(tmp_path, PageOf("daily", MONDAY))


def test_a_lost_picture_is_drawn_again_when_the_page_is_next_set(tmp_path: Path) -> None:
    pdf = write_report(_report(a_day()), tmp_path)
    pdf.with_suffix(".png").unlink()
    assert page_exists(tmp_path, PageOf("daily", MONDAY))
    assert write_report(_report(a_day()), tmp_path).with_suffix(".png").is_file()


def test_a_partial_page_does_not_count_as_made(tmp_path: Path) -> None:
    write_report(_report(a_day(partial=True)), tmp_path)
    assert not page_exists(tmp_path, PageOf("daily", MONDAY))
    write_report(_report(a_day()), tmp_path)
    assert page_exists(tmp_path, PageOf("daily", MONDAY))
    assert not page_exists(tmp_path, PageOf("daily", MONDAY + timedelta(days=1)))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"partial": null}'])
def test_a_damaged_report_does_not_count_as_made(tmp_path: Path, content: bytes) -> None:
    pdf = write_report(_report(a_day()), tmp_path)
    pdf.with_suffix(".json").write_bytes(content)
    assert not page_exists(tmp_path, PageOf("daily", MONDAY))
    write_report(_report(a_day()), tmp_path)
    assert page_exists(tmp_path, PageOf("daily", MONDAY))


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "2026").write_text("a file where a folder should be")
    with pytest.raises(ReportError, match=r"The report cannot be written to .*2026: .*LIFETRACER_REPORT_DIR"):
        write_report(_report(a_day()), tmp_path)
