"""A PostgreSQL server for the tests, in a temporary directory and on a port of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
from psycopg import sql

from tests.processes import find_free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HOST = "127.0.0.1"
USER = "loader"
PASSWORD = "correct horse"  # noqa: S105
DEBIAN_PROGRAMS = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Database:
    """A database, and how to reach it."""

    port: int
    name: str

    @property
    def parts(self) -> Mapping[str, str]:
        """The parts of the address, by the names of target-postgres."""
        return {
            "host": HOST,
            "port": str(self.port),
            "user": USER,
            "password": PASSWORD,
            "database": self.name,
        }

    @property
    def settings(self) -> Mapping[str, str]:
        """The environment variables by which target-postgres finds it."""
        return {f"TARGET_POSTGRES_{name.upper()}": value for name, value in self.parts.items()}

    @property
    def address(self) -> str:
        """The address as libpq reads it."""
        return f"host={HOST} port={self.port} user={USER} password='{PASSWORD}' dbname={self.name}"


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int

    def create_database(self) -> Database:
        """Create an empty database."""
        database = Database(self.port, f"warehouse_{uuid4().hex}")
        with psycopg.connect(Database(self.port, "postgres").address, autocommit=True) as server:
            server.execute(sql.SQL("create database {}").format(sql.Identifier(database.name)))
        return database


def find_programs() -> Path | None:
    """Find the folder of the server's programs; None if it is not installed."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = [folder for folder in DEBIAN_PROGRAMS.glob("*/bin") if (folder / "initdb").exists()]
    return max(versions, key=lambda folder: int(folder.parent.name), default=None)


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[Server]:
    """Serve until the block is left.

    Args:
        folder: Where the server's programs are.
    """
    owner = _find_owner()
    with tempfile.TemporaryDirectory(prefix="postgresql-") as directory:
        if owner:
            shutil.chown(directory, owner["user"], owner["group"])
        password = Path(directory, "password")
        password.write_text(PASSWORD, encoding="utf-8")
        password.chmod(0o644)

        def run(program: str, *arguments: str) -> None:
            command = [str(folder / program), *arguments, f"--pgdata={directory}/data"]
            subprocess.run(command, cwd=directory, check=True, stdout=subprocess.DEVNULL, **owner)

        run(
            "initdb",
            f"--username={USER}",
            f"--pwfile={password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        )
        port = find_free_port()
        options = f"-h {HOST} -p {port} -k '' -F"
        run("pg_ctl", "start", f"--options={options}", f"--log={directory}/log")
        try:
            yield Server(port)
        finally:
            run("pg_ctl", "stop", "--mode=fast")


def _find_owner() -> dict[str, Any]:
    """Name another user to run the server, if need be: it refuses to run as root."""
    if os.geteuid():
        return {}
    import pwd  # noqa: PLC0415 - Windows has none, and tests without a database run there

    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
