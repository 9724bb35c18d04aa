"""Marts become a `WeeklyReport`: every figure, word and colour of one week's page."""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from tasks.marts.periods import WeekMarts
from tasks.report import lettering
from tasks.report.naming import Naming
from tasks.report.next_week import next_week
from tasks.report.nights import nights
from tasks.report.period_in_words import PeriodInWords
from tasks.report.period_sheet import period_sheet
from tasks.report.periods import WeeklyReport
from tasks.report.ribbons import ribbons

LOSSES = 8


def build_weekly(
    marts: WeekMarts, *, zone: ZoneInfo, locale: Literal["ja", "en"], generated_at: datetime, demo: bool = False
) -> WeeklyReport:
    """Turn one week's marts into all that its page says.

    `generated_at` is aware, clock times are shown in `zone`; the page of a `demo` says that its life is invented.
    """
    words = lettering.language(locale)
    naming = Naming(marts.shown, words)
    told = PeriodInWords(marts, "weekly", zone, naming, generated_at)
    common = period_sheet(
        told,
        title=words.week_title(marts.span.first),
        numbers=_days_of_the_year(marts, words),
        most_losses=LOSSES,
        demo=demo,
    )
    return WeeklyReport(
        **dict(common),
        ribbons=ribbons(marts, told.days, naming),
        sleep=nights(told, marts),
        next_week=next_week(marts, naming),
    )


def _days_of_the_year(marts: WeekMarts, words: lettering.Language) -> str:
    first, last = (day.timetuple().tm_yday for day in (marts.span.first, marts.span.last))
    return words.say("days_numbers", first=first, last=last)
