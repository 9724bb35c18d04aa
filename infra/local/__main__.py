"""Serves the stand-ins in the foreground: `python -m infra.local --port 8900 --seed 7`."""

import os
import signal
import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from threading import Event, Thread
from zoneinfo import ZoneInfo, available_timezones

from infra.local.clock import TickingClock
from infra.local.life import live
from infra.local.server import StandIn
from infra.local.wire import rfc3339


def main() -> None:
    """Print the address once the stand-ins listen, then serve until told to end."""
    parser = ArgumentParser(prog="python -m infra.local", description="Serve an invented Toggl and Google Calendar.")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free one (default)")
    parser.add_argument("--seed", type=int, default=7, help="another seed is another life")
    parser.add_argument("--timezone", type=_zone, default=ZoneInfo("Asia/Tokyo"), help="where the life is lived")
    parser.add_argument("--days", type=int, default=100, help="how many days of history there are")
    parser.add_argument(
        "--now", type=_time, help="the present, such as 2026-03-09T10:00:00+09:00; it goes on from there"
    )
    parser.add_argument("--until-stdin-closes", action="store_true", help="end with the program that started this one")
    options = parser.parse_args()

    clock = TickingClock(options.now or datetime.now(UTC))
    over = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    if options.until_stdin_closes:
        Thread(target=_wait_for_end_of_stdin, args=(over,), daemon=True).start()
    world = live(options.seed, clock, options.timezone, options.days)
    try:
        with StandIn(world, options.port) as stand_in:
            print(stand_in.url, flush=True)
            over.wait()
    except (OSError, OverflowError) as error:
        parser.error(f"port {options.port} cannot be used: {error}")


def _wait_for_end_of_stdin(over: Event) -> None:
    # Not through `sys.stdin`, whose lock a thread that still reads at the end would hold for ever.
    while os.read(sys.stdin.fileno(), 4096):
        pass
    over.set()


def _zone(text: str) -> ZoneInfo:
    if text not in available_timezones():
        raise ArgumentTypeError(f"{text!r} is no IANA time zone, such as Asia/Tokyo")
    return ZoneInfo(text)


def _time(text: str) -> datetime:
    moment = rfc3339(text)
    if moment is None:
        raise ArgumentTypeError(f"{text!r} is no time with an offset, such as 2026-03-09T10:00:00+09:00")
    return moment


if __name__ == "__main__":
    main()
