"""How the Calendar API says no."""

from typing import Never

from infra.local.wire import RefusalError, json_response


def refuse(status: int, reason: str, message: str, location: str = "", domain: str = "calendar") -> Never:
    """Answer with an error as the Calendar API writes it.

    Source: Google Calendar API guide, "Handle API errors".
    """
    detail: dict[str, object] = {"domain": domain, "reason": reason, "message": message}
    if location:
        detail |= {"locationType": "header" if location == "Authorization" else "parameter", "location": location}
    error = {"errors": [detail], "code": status, "message": message}
    headers = {"WWW-Authenticate": 'Bearer realm="https://example.test/"'} if status == 401 else None
    raise RefusalError(json_response({"error": error}, status, headers))


def refuse_value(name: str, value: str) -> Never:
    """Answer that the parameter `name` cannot have this value."""
    refuse(400, "invalid", f"Invalid value '{value}' for {name}.", name, "global")
