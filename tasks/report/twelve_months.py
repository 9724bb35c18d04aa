"""How far the plan was kept in each of the twelve months up to one, as columns."""

from tasks.report.lettering import whole_percent
from tasks.report.period_in_words import PeriodInWords
from tasks.report.periods import Column, Columns
from tasks.report.score import share_of


def twelve_months(told: PeriodInWords) -> Columns:
    """A column a month, the last one marked; without a value where nothing was planned or tracked."""
    words, marts = told.words, told.marts
    line = told.past(lambda each: share_of(each.adherence))
    columns = tuple(
        Column(
            label=words.month_mark(start),
            value="–" if share is None else str(whole_percent(share)),
            share=share or 0,
            newest=start == marts.span.first,
        )
        for start, share in zip(marts.starts, line, strict=True)
    )
    said = (words.say("alt_column", label=each.label, value=each.value) for each in columns)
    return Columns(
        title=words.phrases["twelve_months"],
        remark=words.phrases["twelve_months_remark"],
        columns=columns,
        alt=words.say("alt_twelve_months", columns=words.phrases["list_comma"].join(said)),
    )
