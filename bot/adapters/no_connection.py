"""Why there is no connection, and what to do about it: the same words for every system that the bot talks to.

What is raised is told by its kind, not by its text: libraries wrap the reason in theirs, and their texts hold
addresses, statements and file names of OpenSSL.
"""

import errno
import re
import socket
import ssl
from enum import StrEnum

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError, PayloadEncodingError


class Trouble(StrEnum):
    """What is the matter, as a person is told where the adapter knows nothing better."""

    UNTRUSTED = (
        "its certificate is not trusted: set SSL_CERT_FILE in the bot's environment to a file of all authorities to"
        " trust, with the one that has signed it"
    )
    EXPIRED = "its certificate has expired: renew it there, or set this machine's clock if that is wrong"
    NOT_YET_VALID = "its certificate is not valid yet: set this machine's clock, or wait until it is"
    OTHER_NAME = (
        "its certificate is for another name: write the name that it was issued for, or have one issued for this name"
    )
    REVOKED = "its certificate has been revoked: put another one there"
    UNVERIFIED = "its certificate cannot be verified: look at it with openssl s_client -connect"
    NOT_TLS = "it does not speak TLS on that port: name its port for TLS, or connect without TLS"
    CLIENT_CERTIFICATE = "it does not accept the bot's TLS: it asks for a client certificate, or for another one"
    OTHER_TLS = "it has no TLS version or cipher in common with the bot: allow TLS 1.2 or newer there"
    HANDSHAKE_ENDED = "it closes the connection in the TLS handshake: check that it runs, and speaks TLS on that port"
    NO_SUCH_HOST = "there is no host of that name: check its spelling, and whether this machine's DNS knows it"
    NO_DNS = "its name cannot be looked up now: this machine's DNS does not answer"
    NOBODY_LISTENS = "nobody listens there: check that it runs, and its port"
    NO_ROUTE = "no way leads there from this machine: check its network and firewalls"
    SILENT = "it does not answer in time: check that it runs, and that no firewall is in between"
    CLOSED = "it closes the connection without an answer: check that it runs, and whether that port wants TLS"
    BROKEN_OFF = "its answer breaks off: check that it runs, and what stands in between"
    NOT_CONNECTED = "it cannot be connected to: check that it runs, its port, and firewalls in between"
    OTHER_PROTOCOL = "what answers there speaks another protocol: check the port, and whether it wants TLS"
    REDIRECTED_ASTRAY = "it redirects to another host that cannot be reached: a proxy or login page stands before it"

    @property
    def may_pass(self) -> bool:
        """Whether it may end by itself, without a person who mends something."""
        return self in _PASSING


_PASSING = frozenset(
    {
        Trouble.HANDSHAKE_ENDED,
        Trouble.NO_DNS,
        Trouble.NOBODY_LISTENS,
        Trouble.NO_ROUTE,
        Trouble.SILENT,
        Trouble.CLOSED,
        Trouble.BROKEN_OFF,
        Trouble.NOT_CONNECTED,
    }
)

# Codes of OpenSSL's x509_vfy.h.
_OF_CERTIFICATE = {
    2: Trouble.UNTRUSTED,  # UNABLE_TO_GET_ISSUER_CERT
    9: Trouble.NOT_YET_VALID,
    10: Trouble.EXPIRED,
    18: Trouble.UNTRUSTED,  # DEPTH_ZERO_SELF_SIGNED_CERT
    19: Trouble.UNTRUSTED,  # SELF_SIGNED_CERT_IN_CHAIN
    20: Trouble.UNTRUSTED,  # UNABLE_TO_GET_ISSUER_CERT_LOCALLY
    21: Trouble.UNTRUSTED,  # UNABLE_TO_VERIFY_LEAF_SIGNATURE
    23: Trouble.REVOKED,
    27: Trouble.UNTRUSTED,  # CERT_UNTRUSTED
    62: Trouble.OTHER_NAME,  # HOSTNAME_MISMATCH
    64: Trouble.OTHER_NAME,  # IP_ADDRESS_MISMATCH
}
_NOT_TLS = frozenset({"HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE", "WRONG_VERSION_NUMBER"})
# Alerts by which a server turns away a client without the certificate it wants (RFC 8446, 6.2).
_CLIENT_CERTIFICATE = re.compile(
    r"ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|CERTIFICATE_\w+|UNKNOWN_CA|ACCESS_DENIED|UNSUPPORTED_CERTIFICATE)"
)
_OTHER_TLS = re.compile(r"PROTOCOL|VERSION|CIPHER|HANDSHAKE_FAILURE|INSUFFICIENT_SECURITY")
_OF_CLASS: tuple[tuple[type[Exception], Trouble], ...] = (
    (PayloadEncodingError, Trouble.BROKEN_OFF),
    (HttpProcessingError, Trouble.OTHER_PROTOCOL),
    (aiohttp.ServerDisconnectedError, Trouble.CLOSED),
    (TimeoutError, Trouble.SILENT),
    (ConnectionResetError, Trouble.CLOSED),
    (BrokenPipeError, Trouble.CLOSED),
)
_OF_ERRNO = {
    errno.ECONNREFUSED: Trouble.NOBODY_LISTENS,
    errno.ECONNRESET: Trouble.CLOSED,
    errno.EPIPE: Trouble.CLOSED,
    errno.EHOSTUNREACH: Trouble.NO_ROUTE,
    errno.ENETUNREACH: Trouble.NO_ROUTE,
    errno.ETIMEDOUT: Trouble.SILENT,
}
# Of a name with several addresses asyncio tells all reasons in one text.
_ERRNO_IN_TEXT = re.compile(r"\[Errno (\d+)\]")


def trouble_of(error: BaseException | None, host: str | None = None) -> Trouble | None:
    """What it means, or None where it is about something else. ``host`` is the one that was asked: reasons of another
    one are those of a redirect."""
    chain = _innermost_first(error)
    connecting = [reason for reason in chain if isinstance(reason, aiohttp.ClientConnectorError)]
    if host and any(reason.host != host for reason in connecting):
        return Trouble.REDIRECTED_ASTRAY
    found = next(filter(None, map(_meaning, chain)), None)
    # A connection that is reset while it is made was there already: its TLS was not.
    return Trouble.HANDSHAKE_ENDED if connecting and found is Trouble.CLOSED else found


def _innermost_first(error: BaseException | None) -> list[BaseException]:
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__
    return chain[::-1]


def _meaning(error: BaseException) -> Trouble | None:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _OF_CERTIFICATE.get(error.verify_code, Trouble.UNVERIFIED)
    if isinstance(error, ssl.SSLError):
        return _of_tls(error.reason or "")
    if isinstance(error, socket.gaierror):
        return Trouble.NO_DNS if error.errno == socket.EAI_AGAIN else Trouble.NO_SUCH_HOST
    of_class = (trouble for kind, trouble in _OF_CLASS if isinstance(error, kind))
    return next(of_class, _of_system(error) if isinstance(error, OSError) else None)


def _of_tls(reason: str) -> Trouble | None:
    if _CLIENT_CERTIFICATE.search(reason):
        return Trouble.CLIENT_CERTIFICATE
    if reason in _NOT_TLS:
        return Trouble.NOT_TLS
    if _OTHER_TLS.search(reason):
        return Trouble.OTHER_TLS
    return Trouble.HANDSHAKE_ENDED if "EOF" in reason else None


def _of_system(error: OSError) -> Trouble | None:
    number = error.errno
    if number is None and (found := _ERRNO_IN_TEXT.search(str(error))):
        number = int(found[1])
    return _OF_ERRNO.get(number) if number else None
