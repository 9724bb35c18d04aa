"""How the benchmarks show figures: plain tables, as wide as they need to be."""

from collections.abc import Sequence

from rich import box
from rich.table import Table

from deployments.console import output


def print_table(title: str, headings: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    """Print figures under headings; a column without one holds words."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(heading, justify="right" if heading else "left", no_wrap=True)
    for line in lines:
        table.add_row(*line)
    output.print(table, soft_wrap=False)
