"""What a run keeps of its newest page in Prefect: the gist with links, and the picture."""

import base64
import re

from prefect.artifacts import create_image_artifact, create_markdown_artifact

from tasks.publish.channel import Links
from tasks.report.making import Page

# CommonMark takes a backslash before any of these as the character itself; unescaped they could make a link, load a
# picture from somewhere, or be HTML.
_MARKUP = re.compile(r"([!-/:-@\[-`{-~])")


def keep_with_run(page: Page, links: Links | None) -> None:
    """Leave the gist and the picture of the page with the run that this is called in."""
    sheet = page.sheet
    create_markdown_artifact(
        key=f"{sheet.edition}-report",
        markdown=summary_in_markdown(page, links),
        description=f"{sheet.date}: where the time went",
    )
    create_image_artifact(
        key=f"{sheet.edition}-page",
        image_url=_picture_url(page, links),
        description=f"{sheet.date}: the page",
    )


def summary_in_markdown(page: Page, links: Links | None) -> str:
    """The sheet's title and gist as they stand, and links to the page: on this disk, and where else it is kept."""
    sheet = page.sheet
    places = [page.path.as_uri(), *([links.page] if links else [])]
    return "\n".join(
        [
            f"# {_literal(sheet.title)}",
            *(f"**{_literal(notice)}**\n" for notice in sheet.notices),
            *(f"- {_literal(line)}" for line in sheet.gist),
            "",
            " · ".join(f"[{page.path.name}]({place})" for place in places),
        ]
    )


def _literal(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def _picture_url(page: Page, links: Links | None) -> str:
    if links is not None:
        return links.picture
    return f"data:image/png;base64,{base64.b64encode(page.picture.read_bytes()).decode()}"
