"""What a person sees in the terminal: a line per thing done, with the seconds it came at, and plain errors."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status
from rich.text import Text

from tasks.errors import LifetracerError

output = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


# Where no terminal can show how far a long work is, a line tells it now and then.
PASSING_EVERY_SECONDS = 60


class Progress(logging.Handler):
    """Prints a line for whatever our own flows and tasks log; what is only `passing` replaces the line before it."""

    def __init__(self, status: Status) -> None:
        super().__init__(logging.INFO)
        self._status = status
        self._start = time.monotonic()
        self._passed = -PASSING_EVERY_SECONDS + self._start

    def say(self, message: str) -> None:
        """Print one line, led by the seconds since the command began."""
        output.print(f"{time.monotonic() - self._start:5.1f} s  {message}", markup=False)

    def emit(self, record: logging.LogRecord) -> None:
        """Print a log record as such a line, or show it as what is going on."""
        if not getattr(record, "passing", False):
            self.say(record.getMessage())
        elif output.is_terminal:
            self._status.update(Text(record.getMessage()))
        elif time.monotonic() - self._passed >= PASSING_EVERY_SECONDS:
            self._passed = time.monotonic()
            self.say(record.getMessage())


@contextmanager
def progress(doing: str) -> Iterator[Progress]:
    """Show our flows' and tasks' log lines while the context lasts, and on a terminal that something is going on."""
    status = output.status(doing)
    handler = Progress(status)
    loggers = [logging.getLogger(name) for name in ("flows", "tasks")]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        with status:
            yield handler
    finally:
        for logger in loggers:
            logger.removeHandler(handler)


def print_error(error: LifetracerError) -> None:
    """Print what happened and, on the next line, the cure."""
    errors.print(f"error: {error.sentence}", markup=False)
    if error.cure:
        errors.print(f"       {error.cure}", markup=False)
