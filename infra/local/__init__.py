"""Stand-ins for Toggl Track and Google Calendar on the loopback address, fed by an invented life.

with StandIn(live(seed=7, now=now, zone=zone)) as stand_in:
    httpx.get(f"{stand_in.toggl_url}/me", auth=(credentials.TOGGL_API_TOKEN, "api_token"))
"""
