"""The source that tasks/source.py adds by way of example works as it stands there, and everything else follows."""

import inspect
import json
import re
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from textwrap import dedent
from threading import Thread

import psycopg
import pytest
from pydantic import SecretStr

import tasks.source
from tasks import http, raw
from tasks.settings import load_settings
from tasks.source import Source
from tests.tasks.conftest import NOW, live_rows

WEIGHINGS = "scales__weighings"


class Scales(BaseHTTPRequestHandler):
    """What example.com would answer."""

    weighings: list[dict[str, object]]

    def do_GET(self) -> None:
        body = json.dumps(self.weighings).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Scales) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def example(address: str) -> Source:
    """The source as the docstring has it, but for the address and for where the token comes from."""
    lines = inspect.getdoc(tasks.source) or ""
    code = dedent("\n".join(line for line in lines.splitlines() if re.match(" {7}", line) or not line))
    code = code.replace("https://example.com/api", address).replace("settings.scales_token", 'SecretStr("secret")')
    names = {**vars(raw), **vars(http), "Source": Source, "SecretStr": SecretStr, "datetime": datetime}
    exec(code, names)  # noqa: S102 - our own docstring
    found = names["source"]
    assert isinstance(found, Source)
    return found


def test_the_example_mirrors_keeps_tombstones_and_versions(address: str, connection: psycopg.Connection) -> None:
    connection.execute("call raw.mirror('scales__weighings')")
    connection.commit()
    scales, settings = example(address), load_settings()

    def sync(**kilograms: float) -> int:
        Scales.weighings = [{"id": key, "kg": kg} for key, kg in kilograms.items()]
        return scales.sync(connection, settings, NOW).requests

    assert sync(a=61.5, b=62) == 1
    sync(a=61)
    assert live_rows(connection, WEIGHINGS) == {"a": {"id": "a", "kg": 61}}
    versions = (
        "select source_id, data->'kg' from raw.revisions where table_name = 'scales__weighings' order by 1, seen_at"
    )
    assert connection.execute(versions).fetchall() == [("a", 61.5), ("a", 61), ("b", 62), ("b", 62)]
    connection.commit()
    sync()
    assert live_rows(connection, WEIGHINGS).keys() == {"a"}, "an empty answer deletes nothing"
