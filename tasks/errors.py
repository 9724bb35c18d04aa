"""What can go wrong, each with the sentence and the cure that a person reads.

LifetracerError
├── SettingsError        a variable is missing, half-set or senseless
├── InputError           a date, a name or a span that a person typed cannot be used
├── BusyError            another run does the same work at this moment
├── DatabaseError        Postgres cannot be reached, or refuses us
├── SourceError          a source could not be read
│   ├── CredentialsError     the source refuses our credentials; no retry will help
│   ├── QuotaError           the hourly allowance is used up; a later try will work
│   └── SourceUnavailable    the source answered badly or not at all, after every retry
├── TransformError       dbt could not build or prove a model
├── ReportError          a page could not be set
└── DeliveryError        a page that is set could not be brought to its readers
"""

from datetime import datetime


class LifetracerError(Exception):
    """Anything that lifetracer can explain: `sentence` says what happened, `cure` what to do about it."""

    def __init__(self, sentence: str, cure: str = "") -> None:
        self.sentence = sentence
        self.cure = cure
        super().__init__(f"{sentence} {cure}".strip())


class SettingsError(LifetracerError):
    """A variable is missing, half-set or senseless."""


class InputError(LifetracerError):
    """A date, a name or a span that a person typed cannot be used."""


class BusyError(LifetracerError):
    """Another run does the same work at this moment."""


class DatabaseError(LifetracerError):
    """Postgres cannot be reached, or refuses us."""


class SourceError(LifetracerError):
    """A source could not be read; `source` is its name as in `lifetracer sync <source>`."""

    def __init__(self, source: str, sentence: str, cure: str = "") -> None:
        self.source = source
        super().__init__(sentence, cure)


class CredentialsError(SourceError):
    """The source refuses our credentials; no retry will help."""


class QuotaError(SourceError):
    """The hourly allowance is used up; `resets_at` (aware) is when the source will answer again."""

    def __init__(self, source: str, sentence: str, resets_at: datetime, cure: str = "") -> None:
        self.resets_at = resets_at
        super().__init__(source, sentence, cure)


class SourceUnavailable(SourceError):  # noqa: N818 - it names the state of the source, as httpx does
    """The source answered badly or not at all, after every retry."""


class TransformError(LifetracerError):
    """dbt could not build or prove a model."""


class ReportError(LifetracerError):
    """A page could not be set."""


class DeliveryError(LifetracerError):
    """A page that is set could not be brought to its readers by one of the channels.

    `down` says whether the fault is the channel's own, so that the next page would fare no better.
    """

    def __init__(self, sentence: str, cure: str = "", *, down: bool = True) -> None:
        self.down = down
        super().__init__(sentence, cure)
