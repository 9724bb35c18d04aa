"""The settings file as something to write into: one variable is changed, everything else stays as it stands.

python-dotenv does the writing, with the parser that reads the file; it replaces the file whole or not at all.
"""

import os
import re
from pathlib import Path

import dotenv

from tasks.errors import SettingsError
from tasks.settings import settings_file

_OWNER_ONLY = 0o600
# Quoted, a value reads differently in tools that do not take the quotation marks off, as `docker run --env-file`.
_NEEDS_NO_QUOTES = re.compile(r"[A-Za-z0-9._~+/=:-]+")


def writable_settings_file() -> Path:
    """The settings file, links followed, whether it exists or not; SettingsError when it cannot be written."""
    named = settings_file()
    if named is None:
        raise SettingsError(
            "LIFETRACER_ENV_FILE is set to nothing, so there is no settings file.",
            "Unset it, or let it name the file to write into.",
        )
    file = named.resolve()
    if file.is_dir():
        raise _not_written(file, "it is a folder")
    if not os.access(file.parent, os.W_OK | os.X_OK):
        raise _not_written(file, "its folder is missing or not yours to write")
    return file


def save_setting(name: str, value: str) -> Path:
    """Write one variable into the settings file, which is made if need be and readable by its owner alone; gives it."""
    file = writable_settings_file()
    quotes = "never" if _NEEDS_NO_QUOTES.fullmatch(value) else "always"
    try:
        if file.exists():
            file.chmod(_OWNER_ONLY)
        # A new file gets the mode of a temporary one: the owner's alone.
        dotenv.set_key(file, name, value, quote_mode=quotes)
    except OSError as error:
        raise _not_written(file, (error.strerror or "unknown reason").lower()) from None
    return file


def _not_written(file: Path, reason: str) -> SettingsError:
    return SettingsError(f"{file} cannot be written: {reason}.", "Correct that, or name another LIFETRACER_ENV_FILE.")
