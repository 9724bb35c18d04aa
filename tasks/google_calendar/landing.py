"""The page on which a person lands after the consent, in their language: all is well, or the terminal knows why not."""

from pathlib import Path
from string import Template

from tasks.settings import Locale

_PAGE = Template(Path(__file__).with_name("landing.html").read_text(encoding="utf-8"))
_WORDS: dict[tuple[Locale, bool], tuple[str, str]] = {
    ("en", True): (
        "Signed in to Google",
        "lifetracer may now read your calendars. You can close this window; the terminal says the rest.",
    ),
    ("en", False): (
        "Not signed in",
        "Nothing was changed. The terminal says why, and what to do. You can close this window.",
    ),
    ("ja", True): (
        "Google にサインインしました",
        "カレンダーを読み取れるようになりました。このウィンドウは閉じてかまいません。続きはターミナルをご覧ください。",
    ),
    ("ja", False): (
        "サインインできませんでした",
        "設定は何も変わっていません。理由と対処はターミナルをご覧ください。このウィンドウは閉じてかまいません。",
    ),
}
# A day in the report's colours, each with its hours; a failed one stays grey.
_DAY = (("#343f78", 7), ("#efc45c", 1), ("#0b6bb8", 5), ("#8f5bb0", 1), ("#0b6bb8", 4), ("#2f7d32", 2), ("#e78bab", 3))


def landing_page(locale: Locale, *, signed_in: bool) -> str:
    """The page as HTML."""
    title, text = _WORDS[locale, signed_in]
    blocks = "".join(
        f'<i style="flex: {hours}{f"; background: {color}" if signed_in else ""}"></i>' for color, hours in _DAY
    )
    return _PAGE.substitute(locale=locale, title=title, text=text, blocks=blocks)
