"""The warehouse's benchmark runs, at a size that takes seconds, and prints every figure."""

import re

import pytest

from tests.benchmarks.warehouse import measure_warehouse


def test_builds_and_reads_are_measured_beside_the_earlier_design(capsys: pytest.CaptureFixture[str]) -> None:
    measure_warehouse({"1 week": 7}, new_days=1)
    printed = capsys.readouterr().out
    assert re.search(r"1 week +\d+ +\d+ +\d+\.\d s +\d+\.\d s", printed)
    assert re.search(r"1 week +\d+ +\d+\.\d s +\d+\.\d s +1\.00x", printed)
    assert re.search(r"1 week +\d+\.\d ms +\d+ ms +\d+x", printed)
    assert printed.count("(aim: ") == 4
