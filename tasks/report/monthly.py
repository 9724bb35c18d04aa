"""Marts become a `MonthlyReport`: every figure, word and colour of one month's page."""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from tasks.marts.periods import MonthMarts
from tasks.report import lettering
from tasks.report.month_grid import calendar
from tasks.report.naming import Naming
from tasks.report.period_in_words import PeriodInWords
from tasks.report.period_sheet import period_sheet
from tasks.report.periods import MonthlyReport
from tasks.report.standouts import standing, standouts
from tasks.report.twelve_months import twelve_months

LOSSES = 7


def build_monthly(
    marts: MonthMarts, *, zone: ZoneInfo, locale: Literal["ja", "en"], generated_at: datetime, demo: bool = False
) -> MonthlyReport:
    """Turn one month's marts into all that its page says.

    `generated_at` is aware, clock times are shown in `zone`; the page of a `demo` says that its life is invented.
    """
    words = lettering.language(locale)
    naming = Naming(marts.shown, words)
    told = PeriodInWords(marts, "monthly", zone, naming, generated_at)
    common = period_sheet(
        told,
        title=words.month_title(marts.span.first),
        numbers=_weeks_of_the_year(marts, words),
        most_losses=LOSSES,
        demo=demo,
    )
    notable = standing(marts)
    return MonthlyReport(
        **dict(common),
        calendar=calendar(marts, notable, naming),
        standouts=standouts(marts, notable, naming),
        twelve_months=twelve_months(told),
    )


def _weeks_of_the_year(marts: MonthMarts, words: lettering.Language) -> str:
    first, last = (day.isocalendar().week for day in (marts.span.first, marts.span.last))
    return words.say("weeks_numbers", first=first, last=last)
