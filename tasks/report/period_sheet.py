"""What the sheets of a week and of a month have in common, made of their marts."""

from tasks.report import overview
from tasks.report.comparison import categories, comparison
from tasks.report.files import release
from tasks.report.freshness import sources
from tasks.report.losses import repeated_losses
from tasks.report.period_in_words import PeriodInWords
from tasks.report.periods import PeriodSheet
from tasks.report.score import share_of


def period_sheet(told: PeriodInWords, *, title: str, numbers: str, most_losses: int, demo: bool) -> PeriodSheet:
    """The sheet but for what is on one edition's page alone; `numbers` say which days or weeks of the year it holds."""
    marts, words, zone = told.marts, told.words, told.zone
    summary, found = marts.summary, categories(marts, told.naming)
    headline = overview.headline(told, found)
    local = told.generated_at.astimezone(zone)
    fresh = sources(marts.sources, until=told.until, generated_at=told.generated_at, words=words, zone=zone)
    return PeriodSheet(
        edition=told.edition,
        date=marts.span.first,
        last_date=marts.span.last,
        timezone=zone.key,
        locale=words.code,
        partial=summary.partial or not told.is_over,
        demo=demo,
        generated_at=local,
        generated=words.say("generated", moment=words.moment(local)),
        release=release(),
        title=title,
        subtitle=overview.subtitle(told),
        headline=headline,
        notices=overview.notices(told, fresh),
        gist=overview.gist(told, headline),
        score=overview.score(told),
        figures=overview.figures(told),
        sources=fresh,
        footer=overview.footer(told, numbers, demo=demo),
        days=summary.days,
        day_seconds=summary.day_seconds,
        tracked_seconds=summary.tracked_seconds,
        untracked_seconds=summary.untracked_seconds,
        planned_seconds=summary.planned_seconds,
        replanned_seconds=summary.replanned_seconds,
        nights=summary.nights,
        asleep_seconds=summary.asleep_seconds,
        adherence=share_of(summary.adherence),
        categories=found,
        table=comparison(told, found),
        losses=repeated_losses(told.days, marts.outcomes, most=most_losses),
    )
