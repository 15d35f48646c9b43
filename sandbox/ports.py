"""Finds loopback ports for servers that keep their port through a restart.

A port that is found free may be taken a second later, when its server listens. So each process reserves its ports in
a file: no other process on this machine that uses this module gets them until the process ends.
"""

import errno
import fcntl
import os
import secrets
import socket
import tempfile
from functools import cache
from pathlib import Path

HOST = "127.0.0.1"
# Below the ports that systems use for outgoing connections: from 32768 on Linux, from 49152 elsewhere. An outgoing
# connection could take a port from a server before the server listens, or during its restart.
FIRST_PORT = 20_000
PORTS = 12_000
# With a single free port left, this many tries find it with a probability of 99.995 %.
DRAWS = 10 * PORTS
_reserved: set[int] = set()


def bind_free(holder: socket.socket) -> int:
    """Binds `holder` to a free port, which stays reserved for this process. Raises OSError if none is found."""
    for _ in range(DRAWS):
        port = FIRST_PORT + secrets.randbelow(PORTS)
        if not _reserve(port):
            continue
        try:
            holder.bind((HOST, port))
        except OSError:
            continue
        return port
    raise OSError(errno.EADDRINUSE, f"no free port from {FIRST_PORT} to {FIRST_PORT + PORTS - 1}")


def _reserve(port: int) -> bool:
    """Locks the byte of this port in a file that all processes share. Returns False if the port is already reserved.

    A lock ends with its process, however the process ends. It does not stop the same process from locking again, so
    the process also remembers its own ports.
    """
    if port in _reserved:
        return False
    try:
        fcntl.lockf(_reservations(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    _reserved.add(port)
    return True


@cache
def _reservations() -> int:
    """Returns the descriptor of the shared file. It stays open, because closing any descriptor of the file would end
    all locks of this process."""
    return os.open(Path(tempfile.gettempdir()) / f"local-server-ports-{os.getuid()}", os.O_RDWR | os.O_CREAT, 0o600)


def listener(port: int) -> socket.socket:
    """Returns a socket that listens on `port`, or on a free one if that is 0. Raises OSError when it is taken.

    SO_REUSEADDR is set because connections of a killed server linger on its port.
    """
    while True:
        holder = socket.socket()
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            if port:
                holder.bind((HOST, port))
            else:
                bind_free(holder)
            holder.listen()
        except OSError:
            holder.close()
            if port:
                raise
        else:
            return holder
