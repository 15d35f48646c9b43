"""Classifies failed connections to Temporal by the error texts of the SDK's native core.

The core reports errors as text only: in Rust's debug format while the first connection is made, as sentences later.
The patterns here contain names of errors from rustls (``CertificateError``, ``AlertDescription``), hyper and
std::io::ErrorKind.
"""

import re
from collections.abc import Mapping

from bot.adapters.no_connection import ConnectionProblem

# In characters. No error chain is longer, but a text may also repeat what a server has sent.
LONGEST = 4_000
_ALERTS = r"Certificate(?:Required|Unknown|Expired|Revoked)|BadCertificate|UnknownCA|AccessDenied"
# The order matters: a text names inner and outer reasons, and the first pattern that matches decides.
_PATTERNS: tuple[tuple[re.Pattern[str], ConnectionProblem], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), problem)
    for pattern, problem in (
        (rf"(?:AlertReceived\(|fatal alert: )(?:{_ALERTS})", ConnectionProblem.CLIENT_CERTIFICATE),
        (
            r"(?:AlertReceived\(|fatal alert: )(?:ProtocolVersion|HandshakeFailure|InsufficientSecurity)"
            r"|PeerIncompatible|peer is incompatible",
            ConnectionProblem.TLS_INCOMPATIBLE,
        ),
        (r"InvalidCertificate\(Expired|peer certificate: (?:certificate )?expired", ConnectionProblem.EXPIRED),
        (
            r"InvalidCertificate\(NotValidYet|peer certificate: (?:certificate )?not valid yet",
            ConnectionProblem.NOT_YET_VALID,
        ),
        (
            r"InvalidCertificate\(NotValidForName|peer certificate: .{0,40}not valid for name",
            ConnectionProblem.NAME_MISMATCH,
        ),
        (r"InvalidCertificate\(Revoked|peer certificate: (?:certificate )?revoked", ConnectionProblem.REVOKED),
        (r"UnknownIssuer|UnknownRevocationStatus|CaUsedAsEndEntity", ConnectionProblem.UNTRUSTED),
        (r"InvalidCertificate|invalid peer certificate", ConnectionProblem.UNVERIFIED),
        (r"InvalidContentType|corrupt message of type", ConnectionProblem.NOT_TLS),
        (r"tls handshake eof", ConnectionProblem.HANDSHAKE_ENDED),
        (r"Temporary failure in name resolution|Try again", ConnectionProblem.NO_DNS),
        (r"dns error|failed to lookup address", ConnectionProblem.UNKNOWN_HOST),
        (r"Connection ?refused", ConnectionProblem.CONNECTION_REFUSED),
        (r"(?:Host|Network) ?unreachable|No route to host", ConnectionProblem.NO_ROUTE),
        (r"TimedOut|connection timed out", ConnectionProblem.TIMED_OUT),
        (
            r"http2 error|FRAME_SIZE_ERROR|invalid compression flag|invalid content-type",
            ConnectionProblem.WRONG_PROTOCOL,
        ),
        (
            r"broken ?pipe|Connection ?reset|UnexpectedEof|without sending TLS close_notify|ConnectionAborted"
            r"|operation was canceled",
            ConnectionProblem.CLOSED,
        ),
        (r"tcp connect error", ConnectionProblem.NOT_CONNECTED),
    )
)

_PROFILE = "its profile (TEMPORAL_CONFIG_FILE)"
_WORDS: Mapping[ConnectionProblem, str] = {
    ConnectionProblem.UNTRUSTED: (
        f"its certificate is not trusted: name the file of its authority as tls.server_ca_cert_path in {_PROFILE},"
        " or set SSL_CERT_FILE"
    ),
    ConnectionProblem.NAME_MISMATCH: (
        "its certificate is for another name: write the name that it was issued for into address, or as"
        f" tls.server_name into {_PROFILE}"
    ),
    ConnectionProblem.NOT_TLS: (
        f"it does not speak TLS on that port: take tls out of {_PROFILE}, or name its port for TLS"
    ),
    ConnectionProblem.CLIENT_CERTIFICATE: (
        f"it asks for a client certificate, or for another one: see tls.client_cert_path in {_PROFILE}"
    ),
    ConnectionProblem.CONNECTION_REFUSED: (
        "nobody listens there (Connection refused): check that it runs, and its gRPC port"
    ),
    ConnectionProblem.WRONG_PROTOCOL: (
        "what answers there is not Temporal, or wants TLS: address has to name the frontend's gRPC port, mostly 7233;"
        " TLS is asked for in a profile"
    ),
    ConnectionProblem.CLOSED: (
        "it closes the connection without an answer: it may want TLS, or a client certificate, which are asked for in"
        " a profile; check that it runs, and its gRPC port"
    ),
}
_MESSAGE = re.compile(r'message: "((?:[^"\\]|\\.)*)"')
_ESCAPED = re.compile(r"\\(.)")


def problem_in_text(text: str) -> ConnectionProblem | None:
    """The problem that an error text describes; None if the text describes no failed connection."""
    shortened = text[:LONGEST]
    return next((problem for pattern, problem in _PATTERNS if pattern.search(shortened)), None)


def advice_for(problem: ConnectionProblem) -> str:
    """The problem, and what to change in Temporal's configuration."""
    return _WORDS.get(problem, problem.value)


def server_message(text: str) -> str:
    """The message of the server or of the operating system in an error text; "" if there is none."""
    match = _MESSAGE.search(text[:LONGEST])
    return " ".join(_ESCAPED.sub(r"\1", match[1]).split()) if match else ""
