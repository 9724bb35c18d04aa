"""How the tests list what a calendar holds."""

from datetime import datetime

import httpx


def window(start: datetime, end: datetime) -> dict[str, str]:
    return {"timeMin": start.isoformat(), "timeMax": end.isoformat(), "singleEvents": "true", "maxResults": "2500"}


def all_pages(client: httpx.Client, path: str, query: dict[str, str]) -> tuple[list[dict[str, object]], str | None]:
    """Every row of a listing, and the sync token at its end."""
    rows: list[dict[str, object]] = []
    page = client.get(path, params=query).raise_for_status().json()
    while "nextPageToken" in page:
        assert "nextSyncToken" not in page
        rows += page["items"]
        page = client.get(path, params=query | {"pageToken": page["nextPageToken"]}).raise_for_status().json()
    return rows + page["items"], page.get("nextSyncToken")


def reason(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["errors"][0]["reason"]
