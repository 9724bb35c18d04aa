"""Runs the benchmarks: `python -m tests.benchmarks` all of them, `python -m tests.benchmarks load` one."""

from argparse import ArgumentParser
from collections.abc import Callable

from tests.benchmarks.load import measure_load
from tests.benchmarks.page import measure_page
from tests.benchmarks.warehouse import measure_warehouse

BENCHMARKS: dict[str, Callable[[], None]] = {
    "load": measure_load,
    "page": measure_page,
    "warehouse": measure_warehouse,
}


def main() -> None:
    """Run those that are named, or all, one after the other."""
    parser = ArgumentParser(prog="python -m tests.benchmarks", description="Measure on this machine, print tables.")
    parser.add_argument(
        "names", nargs="*", metavar="name", help=f"one of {', '.join(BENCHMARKS)}; all when none is named"
    )
    names = parser.parse_args().names
    if unknown := [name for name in names if name not in BENCHMARKS]:
        parser.error(f"there is no benchmark {unknown[0]}; there are {', '.join(BENCHMARKS)}")
    for name in names or BENCHMARKS:
        BENCHMARKS[name]()


if __name__ == "__main__":
    main()
