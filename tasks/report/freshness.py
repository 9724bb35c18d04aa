"""How fresh a sheet is: when each source was last read, and what the reader must know before trusting the figures."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tasks.marts.rows import SourceState
from tasks.report.lettering import Language
from tasks.report.page import Source

FRESH = timedelta(hours=1)
"""Of days that are not over, what was read so lately is as fresh as can be."""


def sources(
    states: Iterable[SourceState], *, until: datetime, generated_at: datetime, words: Language, zone: ZoneInfo
) -> tuple[Source, ...]:
    """Each source with its last reading; one read before `until`, when the last day ended or will, is stale."""
    needed = min(until, generated_at - FRESH)
    return tuple(_source(state, needed, words, zone) for state in states)


def _source(state: SourceState, until: datetime, words: Language, zone: ZoneInfo) -> Source:
    phrase = "never" if state.as_of is None else "failed" if state.error else "fresh"
    moment = "" if state.as_of is None else words.moment(state.as_of.astimezone(zone))
    return Source(
        source=state.source,
        as_of=state.as_of,
        stale=state.as_of is None or state.as_of < until,
        text=words.say(phrase, source=_name(state.source, words), moment=moment),
    )


def incomplete(found: Sequence[Source], words: Language, zone: ZoneInfo) -> str:
    """Why a sheet whose days are over may lack something: which source was not read since."""
    stale = [_stale(source, words, zone) for source in found if source.stale]
    return words.say("stale", sources=words.phrases["list_comma"].join(stale or [words.phrases["no_sources"]]))


def _stale(source: Source, words: Language, zone: ZoneInfo) -> str:
    if source.as_of is None:
        return words.say("never_source", source=_name(source.source, words))
    moment = words.moment(source.as_of.astimezone(zone))
    return words.say("stale_source", source=_name(source.source, words), moment=moment)


def _name(source: str, words: Language) -> str:
    return words.names.get(source, source)


def zone_in_words(start: datetime, zone: ZoneInfo, words: Language) -> str:
    """The zone's name and its offset from UTC at `start`."""
    offset = start.astimezone(zone).utcoffset() or timedelta()
    hours, minutes = divmod(abs(int(offset.total_seconds())) // 60, 60)
    sign = "−" if offset < timedelta() else "+"
    return words.say("zone", zone=zone.key, offset=f"{sign}{hours}" + (f":{minutes:02}" if minutes else ""))
