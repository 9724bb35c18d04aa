"""A slip in the user's own files is told in one sentence, before anything is built."""

from pathlib import Path
from shutil import copytree

import pytest

from tasks.errors import InputError
from tasks.seeds import PROJECT, check_seed_files

HEADER = "category,day_type,direction,target_seconds,valid_from,valid_until\n"


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """The files of the demo, to be spoiled."""
    return Path(copytree(PROJECT / "seeds_demo", tmp_path / "seeds"))


@pytest.mark.parametrize("folder", ["seeds", "seeds_demo"])
def test_the_shipped_files_can_be_loaded(folder: str) -> None:
    check_seed_files(PROJECT / folder)


def test_a_file_that_an_editor_marked_as_utf_8_can_be_loaded(seeds: Path) -> None:
    path = seeds / "categories.csv"
    path.write_text(path.read_text(encoding="utf-8"), encoding="utf-8-sig")
    check_seed_files(seeds)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("category,day_type\n", "targets.csv has no column direction."),
        (HEADER.replace("day_type", "day_type,mood"), "targets.csv has a column 'mood' that nothing reads."),
        (HEADER + "仕事,weekday,more,7200\n", "Line 2 of targets.csv has 4 cells instead of 6."),
        (HEADER + "\n仕事,,more,2h,,\n", "Line 3 of targets.csv: target_seconds '2h' is not a whole number."),
        (HEADER + "仕事,,more,7200,1.4.2026,\n", "valid_from '1.4.2026' is not a date as 2026-04-01."),
    ],
)
def test_what_dbt_could_not_load_is_named(seeds: Path, text: str, sentence: str) -> None:
    (seeds / "targets.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        check_seed_files(seeds)
    assert caught.value.sentence.endswith(sentence)
    assert caught.value.cure


def test_a_missing_file_and_one_in_another_encoding_are_named(seeds: Path) -> None:
    (seeds / "targets.csv").write_bytes((HEADER + "仕事,,more,7200,,\n").encode("shift_jis"))
    with pytest.raises(InputError, match=r"targets\.csv is not written in UTF-8\."):
        check_seed_files(seeds)
    (seeds / "targets.csv").unlink()
    with pytest.raises(InputError, match=r"targets\.csv is missing\."):
        check_seed_files(seeds)
