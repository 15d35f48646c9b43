"""Finds loopback ports for servers that keep their port through a restart."""

import secrets
import socket

HOST = "127.0.0.1"
# Below the ports that systems use for outgoing connections: from 32768 on Linux, from 49152 elsewhere. An outgoing
# connection could take a port from a server before the server listens, or during its restart.
FIRST_PORT = 20_000
PORTS = 12_000


def bind_free(holder: socket.socket) -> int:
    """Binds `holder` to a free port."""
    while True:
        port = FIRST_PORT + secrets.randbelow(PORTS)
        try:
            holder.bind((HOST, port))
        except OSError:
            continue
        return port


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
