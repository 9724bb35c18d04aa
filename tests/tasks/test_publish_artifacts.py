"""What Prefect shows of a page says what the page says, and cannot be made to say, load or run anything else."""

from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tasks.publish.artifacts import summary_in_markdown
from tasks.publish.channel import Links
from tests.tasks.publishing import a_page

# The dialect that Prefect's UI speaks, with HTML and links of any kind let through: the worst that a reader may do.
RENDERER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
RENDERER.validateLink = bool  # type: ignore[method-assign, assignment]
EVIL = (
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "![](http://evil.test/pixel.png)",
    "<http://evil.test> &lt;b&gt; `code` *b* ~~s~~ _i_ | a | b |",
    "1. # no heading\n- no list\n\n    no code",
    "\\[x](y)",
)


@pytest.mark.parametrize("text", EVIL)
def test_whatever_a_title_holds_is_shown_as_it_stands(text: str, tmp_path: Path) -> None:
    page = a_page(tmp_path, gist=(text,))
    shown = RENDERER.render(summary_in_markdown(page, None))
    (line,) = [line for line in shown.splitlines() if line.startswith("<li>") and ".pdf" not in line]
    literal = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert line == f"<li>{literal.replace(chr(34), '&quot;')}</li>"


def test_the_summary_has_title_notice_gist_and_every_place_of_the_page(tmp_path: Path) -> None:
    page = a_page(tmp_path, notices=("Perhaps incomplete.",))
    said = RENDERER.render(summary_in_markdown(page, Links("https://kept.test/a?token=t", "https://kept.test/b")))
    assert "<h1>Monday, 23 November 2026</h1>" in said
    assert "<strong>Perhaps incomplete.</strong>" in said
    assert all(f"<li>{line}</li>" in said for line in page.sheet.gist)
    assert f'<a href="{page.path.as_uri()}">2026-11-23.pdf</a>' in said
    assert '<a href="https://kept.test/a?token=t">2026-11-23.pdf</a>' in said
