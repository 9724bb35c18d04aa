"""A channel that is down costs neither pages nor other channels; the run says so, and the next makes up for it."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from flows.daily_report import daily_report
from flows.report import LONGER_EDITIONS, recent_days, report
from infra.local import credentials
from infra.local.server import StandIn
from tasks.report.editions import PageOf
from tasks.settings import PROJECT_ROOT
from tests.flows.conftest import everything_in
from tests.tasks.publishing import SECRET, MailServer, WebService

TOKYO = ZoneInfo("Asia/Tokyo")


def test_a_channel_that_is_down_is_told_and_made_up_for(
    delivered_pages: Path, stand_in: StandIn, web: WebService, mail: MailServer, prefect_api: str
) -> None:
    """One test, because the first run of an account takes some seconds."""
    today = datetime.now(TOKYO).date()
    days = [str(day) for day in recent_days(today)]
    longer = {str(PageOf.last_ended(edition, today)) for edition in LONGER_EDITIONS}
    stand_in.storage.key, key = "another", stand_in.storage.key
    web.statuses = [404] * 9
    state = daily_report(return_state=True)

    assert state.is_failed()
    assert state.message is not None
    assert state.message.startswith("Supabase Storage refuses SUPABASE_SERVICE_ROLE_KEY. Copy the secret")
    assert "JSON refuses the message (404). Check the json:// address in NOTIFY_URLS." in state.message
    assert {path.stem for path in delivered_pages.rglob("*.pdf")} == {*days, *longer}
    title = json.loads((delivered_pages / f"{days[-1][:4]}" / f"{days[-1]}.json").read_text())["title"]
    (letter,) = [letter for letter in mail.letters if title in str(letter["Subject"])]
    assert letter.get_body(("plain",)) is not None
    sent = len(mail.letters)
    told = everything_in(prefect_api)
    for name in (f"publish storage {days[-1]}", f"publish mailto {days[-1]}", f"publish json {days[-1]}"):
        assert f'"name": "{name}"' in told

    by_hand = subprocess.run(
        [sys.executable, "-m", "deployments.cli", "report", "--date", days[-1]],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert by_hand.returncode == 1
    assert "error: Supabase Storage refuses SUPABASE_SERVICE_ROLE_KEY." in by_hand.stderr
    assert "Traceback" not in by_hand.stdout + by_hand.stderr
    assert SECRET not in by_hand.stdout + by_hand.stderr
    assert len(mail.letters) == sent

    stand_in.storage.key = key
    web.statuses = []
    state = report(return_state=True)
    assert state.is_completed(), state.message
    kept = stand_in.storage.buckets["reports"].files
    assert {f"{day[:4]}/{day}.{kind}" for day in days for kind in ("pdf", "png")} == set(kept)
    (message,) = web.messages
    assert str(message["message"]).rpartition("The page: ")[2].startswith(f"{stand_in.url}/storage/v1/object/sign/")
    assert len(mail.letters) == sent

    stand_in.requests.clear()
    assert report(return_state=True).is_completed()
    assert (stand_in.requests, len(web.messages), len(mail.letters)) == ([], 1, sent)
    told = everything_in(prefect_api)
    for secret in (SECRET, credentials.SUPABASE_SERVICE_ROLE_KEY, "home.test"):
        assert secret not in told
