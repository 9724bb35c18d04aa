"""The warehouse on a real Postgres: what the time rules promise, seen in the marts."""
