"""Finds loopback ports for servers that keep their port through a restart.

A port that is found free may be taken a second later, when its server listens. So each process reserves its ports by
holding the UDP ports of the same numbers: no other process on this machine that uses this module gets them until the
process ends, however it ends.
"""

import errno
import secrets
import socket

HOST = "127.0.0.1"
# Below the ports that systems use for outgoing connections: from 32768 on Linux, from 49152 elsewhere. An outgoing
# connection could take a port from a server before the server listens, or during its restart.
FIRST_PORT = 20_000
PORTS = 12_000
# With a single free port left, this many tries find it with a probability of 99.995 %.
DRAWS = 10 * PORTS
_reservations: list[socket.socket] = []


def bind_free(holder: socket.socket) -> int:
    """Binds `holder` to a free port, which stays reserved for this process. Raises OSError if none is found."""
    for _ in range(DRAWS):
        port = FIRST_PORT + secrets.randbelow(PORTS)
        reservation = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            reservation.bind((HOST, port))
            holder.bind((HOST, port))
        except OSError:
            reservation.close()
            continue
        _reservations.append(reservation)
        return port
    raise OSError(errno.EADDRINUSE, f"no free port from {FIRST_PORT} to {FIRST_PORT + PORTS - 1}")


def listener(port: int) -> socket.socket:
    """Returns a socket that listens on `port`, or on a free one if that is 0. Raises OSError when it is taken, or
    when none is free.

    SO_REUSEADDR is set because connections of a killed server linger on its port.
    """
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
        raise
    return holder
