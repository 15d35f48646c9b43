"""Why there is no connection to Temporal, read from what its client's native half says.

That tells errors by text only: Rust's own notation of a chain while the first connection is made, sentences later.
Names are those of rustls (``CertificateError``, ``AlertDescription``), hyper and std::io::ErrorKind.
"""

import re
from collections.abc import Mapping

from bot.adapters.no_connection import Trouble

# More than any chain has; what comes from a server is in it, too.
LONGEST = 4_000
_ALERTS = r"Certificate(?:Required|Unknown|Expired|Revoked)|BadCertificate|UnknownCA|AccessDenied"
# The first that is found decides: inner reasons stand beside outer ones.
_PATTERNS: tuple[tuple[re.Pattern[str], Trouble], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), trouble)
    for pattern, trouble in (
        (rf"(?:AlertReceived\(|fatal alert: )(?:{_ALERTS})", Trouble.CLIENT_CERTIFICATE),
        (
            r"(?:AlertReceived\(|fatal alert: )(?:ProtocolVersion|HandshakeFailure|InsufficientSecurity)"
            r"|PeerIncompatible|peer is incompatible",
            Trouble.OTHER_TLS,
        ),
        (r"InvalidCertificate\(Expired|peer certificate: (?:certificate )?expired", Trouble.EXPIRED),
        (r"InvalidCertificate\(NotValidYet|peer certificate: (?:certificate )?not valid yet", Trouble.NOT_YET_VALID),
        (r"InvalidCertificate\(NotValidForName|peer certificate: .{0,40}not valid for name", Trouble.OTHER_NAME),
        (r"InvalidCertificate\(Revoked|peer certificate: (?:certificate )?revoked", Trouble.REVOKED),
        (r"UnknownIssuer|UnknownRevocationStatus|CaUsedAsEndEntity", Trouble.UNTRUSTED),
        (r"InvalidCertificate|invalid peer certificate", Trouble.UNVERIFIED),
        (r"InvalidContentType|corrupt message of type", Trouble.NOT_TLS),
        (r"tls handshake eof", Trouble.HANDSHAKE_ENDED),
        (r"Temporary failure in name resolution|Try again", Trouble.NO_DNS),
        (r"dns error|failed to lookup address", Trouble.NO_SUCH_HOST),
        (r"Connection ?refused", Trouble.NOBODY_LISTENS),
        (r"(?:Host|Network) ?unreachable|No route to host", Trouble.NO_ROUTE),
        (r"TimedOut|connection timed out", Trouble.SILENT),
        (r"http2 error|FRAME_SIZE_ERROR|invalid compression flag|invalid content-type", Trouble.OTHER_PROTOCOL),
        (
            r"broken ?pipe|Connection ?reset|UnexpectedEof|without sending TLS close_notify|ConnectionAborted"
            r"|operation was canceled",
            Trouble.CLOSED,
        ),
        (r"tcp connect error", Trouble.NOT_CONNECTED),
    )
)

_PROFILE = "its profile (TEMPORAL_CONFIG_FILE)"
_WORDS: Mapping[Trouble, str] = {
    Trouble.UNTRUSTED: (
        f"its certificate is not trusted: name the file of its authority as tls.server_ca_cert_path in {_PROFILE},"
        " or set SSL_CERT_FILE"
    ),
    Trouble.OTHER_NAME: (
        "its certificate is for another name: write the name that it was issued for into address, or as"
        f" tls.server_name into {_PROFILE}"
    ),
    Trouble.NOT_TLS: f"it does not speak TLS on that port: take tls out of {_PROFILE}, or name its port for TLS",
    Trouble.CLIENT_CERTIFICATE: (
        f"it asks for a client certificate, or for another one: see tls.client_cert_path in {_PROFILE}"
    ),
    Trouble.NOBODY_LISTENS: "nobody listens there (Connection refused): check that it runs, and its gRPC port",
    Trouble.OTHER_PROTOCOL: (
        "what answers there is not Temporal, or wants TLS: address has to name the frontend's gRPC port, mostly 7233;"
        " TLS is asked for in a profile"
    ),
    Trouble.CLOSED: (
        "it closes the connection without an answer: it may want TLS, or a client certificate, which are asked for in"
        " a profile; check that it runs, and its gRPC port"
    ),
}
_MESSAGE = re.compile(r'message: "((?:[^"\\]|\\.)*)"')
_ESCAPED = re.compile(r"\\(.)")


def trouble_in(text: str) -> Trouble | None:
    """What it means, or None where it is about something else."""
    shortened = text[:LONGEST]
    return next((trouble for pattern, trouble in _PATTERNS if pattern.search(shortened)), None)


def words_of(trouble: Trouble) -> str:
    """What is the matter, and what to do where Temporal is configured."""
    return _WORDS.get(trouble, trouble.value)


def told_by(text: str) -> str:
    """The sentence in it that the server, or the system, has meant for people; "" where there is none."""
    found = _MESSAGE.search(text[:LONGEST])
    return " ".join(_ESCAPED.sub(r"\1", found[1]).split()) if found else ""
