"""What is private appears as its category alone on everything that leaves the machine."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image
from pypdf import PdfReader

from flows.daily_report import daily_report
from infra.local.agenda import Agenda
from infra.local.server import StandIn
from tasks.database import open_database
from tasks.report.editions import PageOf
from tasks.settings import load_settings
from tests.flows.conftest import everything_in
from tests.tasks.publishing import MailServer, WebService

TOKYO = ZoneInfo("Asia/Tokyo")
SECRET_TITLE = "Dr. Yamada"


def _plan_in_private(agenda: Agenda) -> None:
    """A private appointment and a private note yesterday, and one more appointment today."""
    calendar = agenda.calendar("primary")
    assert calendar is not None
    midnight = datetime.now(TOKYO).replace(hour=0, minute=0, second=0, microsecond=0)
    yesterday = midnight - timedelta(days=1)
    note = agenda.add_event(calendar.id, f"{SECRET_TITLE}, all day", yesterday.date(), midnight.date())
    ten_to_noon = [(day + timedelta(hours=10), day + timedelta(hours=12)) for day in (yesterday, midnight)]
    events = [note, *(agenda.add_event(calendar.id, SECRET_TITLE, *span) for span in ten_to_noon)]
    for event in events:
        agenda.edit_event(calendar.id, event.id, visibility="private")


def test_what_is_private_leaves_the_machine_as_its_category_alone(
    delivered_pages: Path, stand_in: StandIn, web: WebService, mail: MailServer, prefect_api: str
) -> None:
    _plan_in_private(stand_in.world.agenda)
    state = daily_report(return_state=True)
    assert state.is_completed(), state.message

    assert _private_plans() == {SECRET_TITLE}
    yesterday = PageOf.last_ended("daily", datetime.now(TOKYO).date())
    said = json.loads((delivered_pages / f"{yesterday.name}.json").read_text(encoding="utf-8"))
    assert "Uncategorized" in said["notes"]
    assert ("Uncategorized", "10:00") in {(block["title"], block["clock"]) for block in said["timeline"]["blocks"]}
    for what, told in {
        "pages": [_text(path) for path in delivered_pages.rglob("*.pdf")],
        "files": [path.read_bytes().decode("latin-1") for path in delivered_pages.rglob("*.*")],
        "pictures' words": [repr(Image.open(path).info) for path in delivered_pages.rglob("*.png")],
        "bucket": [repr(kept) for kept in stand_in.storage.buckets["reports"].files.items()],
        "messages": [repr(message) for message in web.messages],
        "letters": [letter.as_string() for letter in mail.letters],
        "runs": [everything_in(prefect_api)],
    }.items():
        assert told, what
        assert [one for one in told if "Yamada" in one] == [], what


def _private_plans() -> set[str]:
    """The titles of private events in the user's own marts."""
    query = b"select title from marts.daily_timeline where is_private and lane = 'plan'"
    with open_database(load_settings()) as database, database.connect() as connection:
        return {title for (title,) in connection.execute(query)}


def _text(pdf: Path) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(pdf).pages).split())
