"""One variable is written into the settings file, and the rest of it is left in peace."""

from pathlib import Path

import pytest

from tasks.settings import load_settings
from tasks.settings_file import save_setting

REST = "\n# SUPABASE_URL=old\nLIFETRACER_LOCALE = en  # for now\n\nthis line is none\n"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LIFETRACER_ENV_FILE", str(tmp_path / "settings"))
    return tmp_path / "settings"


@pytest.mark.parametrize("value", ["1//0g_a-b.c", "it's # odd", r"back\slash"])
@pytest.mark.parametrize("old", ["", "TOGGL_API_TOKEN=\n", "TOGGL_API_TOKEN='old' # mine\n"])
def test_a_value_comes_back_as_it_was_written(file: Path, old: str, value: str) -> None:
    file.write_text(old)
    save_setting("TOGGL_API_TOKEN", value)
    save_setting("TOGGL_API_TOKEN", value)
    token = load_settings().toggl_api_token
    assert token is not None
    assert token.get_secret_value() == value
    assert len(file.read_text().splitlines()) == 1


def test_every_other_line_stays_as_it_is(file: Path) -> None:
    file.write_text(f"SUPABASE_URL=a{REST}")
    save_setting("SUPABASE_URL", "b")
    assert file.read_text() == f"SUPABASE_URL=b{REST}"
    assert [path.name for path in file.parent.iterdir()] == ["settings"]
