"""The owners: whose sign-in on Supabase may read the marts, told to the database that decides it."""

from collections.abc import Iterable

import psycopg


def load_owners(connection: psycopg.Connection, emails: Iterable[str]) -> None:
    """Make `raw.owners` hold these e-mails and no others, in lower case; without any, nobody signed in reads a row."""
    owners = sorted({email.lower() for email in emails})
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("delete from raw.owners where email <> all(%s)", (owners,))
        cursor.execute("insert into raw.owners select unnest(%s::text[]) on conflict do nothing", (owners,))
