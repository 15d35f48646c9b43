"""Ports on loopback for servers that keep theirs while they are away."""

import secrets
import socket

HOST = "127.0.0.1"
# Below what systems keep for outgoing connections: 32768 up on Linux, 49152 up elsewhere. One of those may take a
# port from a server before it listens, or while it is being started again.
FIRST_PORT = 20_000
PORTS = 12_000


def bind_free(holder: socket.socket) -> int:
    """Binds `holder` to a port that nobody has."""
    while True:
        port = FIRST_PORT + secrets.randbelow(PORTS)
        try:
            holder.bind((HOST, port))
        except OSError:
            continue
        return port


def listener(port: int) -> socket.socket:
    """Listening on `port`, or on a free one if that is 0. Raises OSError when it is taken.

    The connections of a server that was killed linger on its port, and do not keep it from being used again.
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
