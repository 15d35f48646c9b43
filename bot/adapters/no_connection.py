"""Classifies why a connection failed, and says what to do about it, alike for every system the bot talks to.

An exception is classified by its type and codes: libraries wrap the reason in exceptions of their own, whose texts
hold addresses, statements and file names of OpenSSL. The only texts that are read are those of asyncio: for a name
with several addresses, asyncio puts all reasons into one text. The first error number in that text counts.
"""

import errno
import re
import socket
import ssl
from enum import StrEnum

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError, PayloadEncodingError


class ConnectionProblem(StrEnum):
    """Why a connection failed. The value is what people read, unless the adapter has a more precise text."""

    UNTRUSTED = (
        "its certificate is not trusted: set SSL_CERT_FILE in the bot's environment to a file of all authorities to"
        " trust, with the one that has signed it"
    )
    EXPIRED = "its certificate has expired: renew it there, or set this machine's clock if that is wrong"
    NOT_YET_VALID = "its certificate is not valid yet: set this machine's clock, or wait until it is"
    NAME_MISMATCH = (
        "its certificate is for another name: write the name that it was issued for, or have one issued for this name"
    )
    REVOKED = "its certificate has been revoked: put another one there"
    UNVERIFIED = "its certificate cannot be verified: look at it with openssl s_client -connect"
    NOT_TLS = "it does not speak TLS on that port: name its port for TLS, or connect without TLS"
    CLIENT_CERTIFICATE = "it does not accept the bot's TLS: it asks for a client certificate, or for another one"
    TLS_INCOMPATIBLE = "it has no TLS version or cipher in common with the bot: allow TLS 1.2 or newer there"
    HANDSHAKE_ENDED = "it closes the connection in the TLS handshake: check that it runs, and speaks TLS on that port"
    UNKNOWN_HOST = "there is no host of that name: check its spelling, and whether this machine's DNS knows it"
    NO_DNS = "its name cannot be looked up now: this machine's DNS does not answer"
    CONNECTION_REFUSED = "nobody listens there: check that it runs, and its port"
    NO_ROUTE = "no way leads there from this machine: check its network and firewalls"
    TIMED_OUT = "it does not answer in time: check that it runs, and that no firewall is in between"
    CLOSED = "it closes the connection without an answer: check that it runs, and whether that port wants TLS"
    TRUNCATED = "its answer breaks off: check that it runs, and what stands in between"
    NOT_CONNECTED = "it cannot be connected to: check that it runs, its port, and firewalls in between"
    WRONG_PROTOCOL = "what answers there speaks another protocol: check the port, and whether it wants TLS"
    FOREIGN_REDIRECT = "it redirects to another host that cannot be reached: a proxy or login page stands before it"

    @property
    def is_transient(self) -> bool:
        """Whether the problem may go away without anybody's help."""
        return self in _TRANSIENT


_TRANSIENT = frozenset(
    {
        ConnectionProblem.HANDSHAKE_ENDED,
        ConnectionProblem.NO_DNS,
        ConnectionProblem.CONNECTION_REFUSED,
        ConnectionProblem.NO_ROUTE,
        ConnectionProblem.TIMED_OUT,
        ConnectionProblem.CLOSED,
        ConnectionProblem.TRUNCATED,
        ConnectionProblem.NOT_CONNECTED,
    }
)

# Codes of OpenSSL's x509_vfy.h.
_BY_VERIFY_CODE = {
    2: ConnectionProblem.UNTRUSTED,  # UNABLE_TO_GET_ISSUER_CERT
    9: ConnectionProblem.NOT_YET_VALID,
    10: ConnectionProblem.EXPIRED,
    18: ConnectionProblem.UNTRUSTED,  # DEPTH_ZERO_SELF_SIGNED_CERT
    19: ConnectionProblem.UNTRUSTED,  # SELF_SIGNED_CERT_IN_CHAIN
    20: ConnectionProblem.UNTRUSTED,  # UNABLE_TO_GET_ISSUER_CERT_LOCALLY
    21: ConnectionProblem.UNTRUSTED,  # UNABLE_TO_VERIFY_LEAF_SIGNATURE
    23: ConnectionProblem.REVOKED,
    27: ConnectionProblem.UNTRUSTED,  # CERT_UNTRUSTED
    62: ConnectionProblem.NAME_MISMATCH,  # HOSTNAME_MISMATCH
    64: ConnectionProblem.NAME_MISMATCH,  # IP_ADDRESS_MISMATCH
}
_NOT_TLS = frozenset({"HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE", "WRONG_VERSION_NUMBER"})
# TLS alerts of a server that rejects a client without the certificate it wants (RFC 8446, 6.2).
_CLIENT_CERTIFICATE = re.compile(
    r"ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|CERTIFICATE_\w+|UNKNOWN_CA|ACCESS_DENIED|UNSUPPORTED_CERTIFICATE)"
)
_OTHER_TLS = re.compile(r"PROTOCOL|VERSION|CIPHER|HANDSHAKE_FAILURE|INSUFFICIENT_SECURITY")
_BY_CLASS: tuple[tuple[type[Exception], ConnectionProblem], ...] = (
    (PayloadEncodingError, ConnectionProblem.TRUNCATED),
    (HttpProcessingError, ConnectionProblem.WRONG_PROTOCOL),
    (aiohttp.ServerDisconnectedError, ConnectionProblem.CLOSED),
    (TimeoutError, ConnectionProblem.TIMED_OUT),
    (ConnectionResetError, ConnectionProblem.CLOSED),
    (BrokenPipeError, ConnectionProblem.CLOSED),
)
_BY_ERRNO = {
    errno.ECONNREFUSED: ConnectionProblem.CONNECTION_REFUSED,
    errno.ECONNRESET: ConnectionProblem.CLOSED,
    errno.EPIPE: ConnectionProblem.CLOSED,
    errno.EHOSTUNREACH: ConnectionProblem.NO_ROUTE,
    errno.ENETUNREACH: ConnectionProblem.NO_ROUTE,
    errno.ETIMEDOUT: ConnectionProblem.TIMED_OUT,
}
# For a name with several addresses asyncio puts all reasons into one text.
_ERRNO_IN_TEXT = re.compile(r"\[Errno (\d+)\]")


def connection_problem(error: BaseException | None, host: str | None = None) -> ConnectionProblem | None:
    """Why the connection failed; None if ``error`` is no failed connection. ``host`` is the host that was asked: when
    the error names another host, a redirect led there."""
    chain = _innermost_first(error)
    connector_errors = [cause for cause in chain if isinstance(cause, aiohttp.ClientConnectorError)]
    if host and any(cause.host != host for cause in connector_errors):
        return ConnectionProblem.FOREIGN_REDIRECT
    problem = next(filter(None, map(_classify, chain)), None)
    # When a reset arrives while the client connects, TCP was connected already, so the TLS handshake failed.
    return ConnectionProblem.HANDSHAKE_ENDED if connector_errors and problem is ConnectionProblem.CLOSED else problem


def _innermost_first(error: BaseException | None) -> list[BaseException]:
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__
    return chain[::-1]


def _classify(error: BaseException) -> ConnectionProblem | None:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _BY_VERIFY_CODE.get(error.verify_code, ConnectionProblem.UNVERIFIED)
    if isinstance(error, ssl.SSLError):
        return _classify_tls(error.reason or "")
    if isinstance(error, socket.gaierror):
        return ConnectionProblem.NO_DNS if error.errno == socket.EAI_AGAIN else ConnectionProblem.UNKNOWN_HOST
    by_class = (problem for kind, problem in _BY_CLASS if isinstance(error, kind))
    return next(by_class, _classify_os_error(error) if isinstance(error, OSError) else None)


def _classify_tls(reason: str) -> ConnectionProblem | None:
    if _CLIENT_CERTIFICATE.search(reason):
        return ConnectionProblem.CLIENT_CERTIFICATE
    if reason in _NOT_TLS:
        return ConnectionProblem.NOT_TLS
    if _OTHER_TLS.search(reason):
        return ConnectionProblem.TLS_INCOMPATIBLE
    return ConnectionProblem.HANDSHAKE_ENDED if "EOF" in reason else None


def _classify_os_error(error: OSError) -> ConnectionProblem | None:
    number = error.errno
    if number is None and (match := _ERRNO_IN_TEXT.search(str(error))):
        number = int(match[1])
    return _BY_ERRNO.get(number) if number else None
