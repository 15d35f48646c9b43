"""Reads the DATABASE_URL of a PostgreSQL server as libpq does, and prepares it for the driver.

A parameter that the driver does not know is not passed on: it is applied here, dropped with a line in the log, or
refused.
"""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import structlog

from bot.errors import ConfigError

FORM = "postgresql://USER:PASSWORD@HOST/DATABASE"
# Strict, because otherwise a password with an unencoded / ? or # would be taken for a host or database, and be shown.
_HOST = r"(?:[^/?#@:,\[\]]+|\[[^/?#@,\[\]]+\])(?::\d{1,5})?"
_URL = re.compile(
    rf"[a-z+]{{1,40}}://(?P<where>(?:[^/?#]*@)?(?P<hosts>(?:{_HOST}(?:,{_HOST})*)?)/(?P<database>[^/?#@]+))"
    r"(?:\?(?P<query>[^#@]*))?"
)
# In seconds. LONGEST_CONNECT is also the time limit of a whole transaction.
CONNECT, LONGEST_CONNECT = 5, 10
APPLICATION = "backfill-bot"
LAST_PORT = 65_535

# The parameters that the driver takes itself. libpq has more:
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
_DRIVERS = frozenset(
    {
        *("host", "port", "dbname", "user", "password", "passfile", "service", "target_session_attrs", "options"),
        *("sslmode", "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslpassword", "sslnegotiation"),
        *("ssl_min_protocol_version", "ssl_max_protocol_version", "krbsrvname", "gsslib"),
    }
)
_OF_OWN_CONTEXT = frozenset({"sslcrl", "ssl_min_protocol_version", "ssl_max_protocol_version"})
_FILES = ("sslcert", "sslkey", "sslrootcert", "sslcrl")
_OURS = frozenset({"application_name", "fallback_application_name", "connect_timeout", "pgbouncer"})
_LIMITS = "each connection and each transaction has a limit of its own here"
_LEFT_OUT = {
    **dict.fromkeys(
        ("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout"), _LIMITS
    ),
    "channel_binding": "the driver binds no password to its connection; sslmode=verify-full keeps others out",
    "client_encoding": "it is always UTF-8",
    "gssencmode": "the driver encrypts by TLS only, as sslmode says",
    "gssdelegation": "no right is delegated",
    "load_balance_hosts": "hosts are tried in the order they stand",
    "max_protocol_version": "the driver speaks 3.0",
    "min_protocol_version": "the driver speaks 3.0",
    "sslcertmode": "a certificate is sent where there is one",
    "sslcompression": "nothing is compressed",
    "sslsni": "the name of the host is always sent",
}
# If the bot ignored one of these, it would connect to another server, or with less security than the URL asks for.
_REFUSED = {
    "hostaddr": "put the address where the host stands",
    "require_auth": "the driver takes whatever the server asks for",
    "requirepeer": "the driver cannot see who runs the server",
    "requiressl": "write sslmode=require",
    "sslcrldir": "name one file with sslcrl",
    "replication": "the store is no replica",
}
_REFUSED_VALUES = {("gssencmode", "require"): "the driver encrypts by TLS only: write sslmode=require"}

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Address:
    """The database's address: ``shown`` is for people, ``dsn`` and ``arguments`` are for the driver.

    ``pools_transactions`` is whether a pooler in between may give each transaction another connection.
    """

    shown: str
    dsn: str
    arguments: Mapping[str, Any]
    pools_transactions: bool


def read_url(url: str) -> Address:
    """Read the URL. Raises ConfigError, whose text repeats only names of parameters and files, so that it never shows
    the password."""
    match = _URL.fullmatch(url)
    if match is None or not _can_be_split(url) or not _has_ports(match["hosts"]):
        raise ConfigError(
            [f"DATABASE_URL: not a URL of a database, expected {FORM} with special characters percent-encoded"]
        )
    parameters = _parse_parameters(match["query"] or "")
    mistakes = [*_unsupported(parameters), *_missing_files(parameters)]
    if mistakes:
        raise ConfigError([f"DATABASE_URL: {mistake}" for mistake in mistakes])
    for name in sorted(parameters.keys() & _LEFT_OUT.keys()):
        _log.warning("part of DATABASE_URL not used", parameter=name, why=_LEFT_OUT[name])
    pools_transactions = _pools_transactions(parameters)
    arguments = _arguments(parameters)
    if pools_transactions:
        # A prepared statement exists on one connection only, and the pooler may give the next transaction another
        # one.
        arguments["statement_cache_size"] = 0
    for_driver = urlencode({name: parameters[name] for name in parameters if name in _DRIVERS}, quote_via=quote)
    dsn = f"postgresql://{match['where']}?{for_driver}".removesuffix("?")
    return Address(f"postgresql://{match['hosts']}/{match['database']}", dsn, arguments, pools_transactions)


def _arguments(parameters: dict[str, str]) -> dict[str, Any]:
    application = parameters.get("application_name") or parameters.get("fallback_application_name") or APPLICATION
    arguments = {"timeout": _connect_timeout(parameters), "server_settings": {"application_name": application}}
    context = _system_trust(parameters)
    return arguments | {"ssl": context} if context else arguments


def _can_be_split(url: str) -> bool:
    # Checked here, because the driver's own error comes only when it connects, and repeats the password.
    try:
        urlsplit(url)
    except ValueError:
        return False
    return True


def _has_ports(hosts: str) -> bool:
    """Whether all ports are valid. An invalid one may be a password: in a URL without a host, a password of digits
    looks like a port."""
    return all(0 < int(port) <= LAST_PORT for port in re.findall(r":(\d+)(?:,|$)", hosts))


def _parse_parameters(query: str) -> dict[str, str]:
    """The parameters. If one is given twice, the last value counts."""
    try:
        return dict(parse_qsl(query, strict_parsing=bool(query)))
    except ValueError as exc:
        raise ConfigError(["DATABASE_URL: what follows the ? is not NAME=VALUE&NAME=VALUE"]) from exc


def _unsupported(parameters: Mapping[str, str]) -> list[str]:
    supported = _DRIVERS | _OURS | _LEFT_OUT.keys() | _REFUSED.keys()
    mistakes = [
        f"{name} is no parameter that is known here; settings of the server go into options=-c%20NAME%3DVALUE"
        for name in sorted(parameters.keys() - supported)
    ]
    mistakes += [f"{name} cannot be kept: {_REFUSED[name]}" for name in sorted(parameters.keys() & _REFUSED.keys())]
    return mistakes + [
        f"{name}={value} cannot be kept: {why}"
        for (name, value), why in _REFUSED_VALUES.items()
        if parameters.get(name) == value
    ]


def _missing_files(parameters: Mapping[str, str]) -> list[str]:
    files = {
        name: parameters[name]
        for name in _FILES
        if name in parameters and (name, parameters[name]) != ("sslrootcert", "system")
    }
    return [f"{name}: there is no file {path}" for name, path in files.items() if not Path(path).is_file()]


def _system_trust(parameters: dict[str, str]) -> ssl.SSLContext | None:
    """For sslrootcert=system: a context with the certificate authorities that this machine trusts, and with the
    client certificate if ``sslcert`` names one. Also removes ``sslrootcert`` and ``sslmode`` from ``parameters``.
    Without sslrootcert=system: None, and nothing is removed."""
    if parameters.get("sslrootcert") != "system":
        return None
    if parameters.pop("sslmode", "verify-full") != "verify-full":
        raise ConfigError(["DATABASE_URL: sslrootcert=system goes with sslmode=verify-full only"])
    # The driver would apply these only to a context of its own.
    if without_effect := sorted(parameters.keys() & _OF_OWN_CONTEXT):
        names = " and ".join(without_effect)
        raise ConfigError(
            [f"DATABASE_URL: {names} cannot be kept with sslrootcert=system: name the authorities' file"]
        )
    del parameters["sslrootcert"]
    context = ssl.create_default_context()
    if "sslcert" in parameters:
        key = parameters.get("sslkey")
        context.load_cert_chain(parameters["sslcert"], key, lambda: parameters.get("sslpassword", ""))
    return context


def _connect_timeout(parameters: Mapping[str, str]) -> int:
    """The time limit for connecting, in seconds, at most ``LONGEST_CONNECT``. To libpq, 0 and less mean no limit;
    here they mean ``LONGEST_CONNECT``."""
    text = parameters.get("connect_timeout", str(CONNECT)).strip()
    if not re.fullmatch(r"-?\d{1,9}", text):
        raise ConfigError(["DATABASE_URL: connect_timeout is no number of seconds"])
    return min(int(text), LONGEST_CONNECT) if int(text) > 0 else LONGEST_CONNECT


def _pools_transactions(parameters: Mapping[str, str]) -> bool:
    """Whether the URL says, with pgbouncer=true, that the server is a pooler. Other programs read this parameter,
    too."""
    value = parameters.get("pgbouncer", "false")
    if value not in ("true", "false"):
        raise ConfigError(["DATABASE_URL: pgbouncer is neither true nor false"])
    return value == "true"
