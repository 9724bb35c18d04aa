"""The page's benchmark runs, at a size that takes seconds, and prints every figure."""

import re

import pytest

from tests.benchmarks.page import measure_page


def test_pages_are_measured_cold_warm_in_a_row_and_beside_another_tool(capsys: pytest.CaptureFixture[str]) -> None:
    measure_page(runs=1, backfill_days=2)
    printed = capsys.readouterr().out
    assert re.search(r"PDF, Typst +\d+ ms +\d+ ms +1\.0x", printed)
    assert re.search(r"PDF, WeasyPrint +[\d,]+ ms +[\d,]+ ms +\d+\.\dx|WeasyPrint cannot run here", printed)
    assert re.search(r"Marts to files: [\d,]+ ms a page", printed)
    assert re.search(r"2 pages in a row: \d+\.\d s", printed)
    assert printed.count("(aim: ") == 4
