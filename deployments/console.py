"""What a person sees in the terminal: a line per thing done, with the seconds it came at, and plain errors."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from tasks.errors import LifetracerError

output = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


class Progress(logging.Handler):
    """Prints a line for whatever our own flows and tasks log."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._start = time.monotonic()

    def say(self, message: str) -> None:
        """Print one line, led by the seconds since the command began."""
        output.print(f"{time.monotonic() - self._start:5.1f} s  {message}", markup=False)

    def emit(self, record: logging.LogRecord) -> None:
        """Print a log record as such a line."""
        self.say(record.getMessage())


@contextmanager
def progress(doing: str) -> Iterator[Progress]:
    """Show our flows' and tasks' log lines while the context lasts, and on a terminal that something is going on."""
    handler = Progress()
    loggers = [logging.getLogger(name) for name in ("flows", "tasks")]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        with output.status(doing):
            yield handler
    finally:
        for logger in loggers:
            logger.removeHandler(handler)


def print_error(error: LifetracerError) -> None:
    """Print what happened and, on the next line, the cure."""
    errors.print(f"error: {error.sentence}", markup=False)
    if error.cure:
        errors.print(f"       {error.cure}", markup=False)
