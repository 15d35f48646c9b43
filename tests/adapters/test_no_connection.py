"""Where there is no connection the reason is told in words, and what to do: real clients, real sockets, real TLS."""

import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.clickhouse.connection import Connection, Reach, Statement
from bot.adapters.no_connection import ConnectionProblem, connection_problem
from bot.adapters.slack import translate_errors
from bot.adapters.temporal.cluster import TemporalCluster
from bot.config import ClickHouseAddress, TemporalAddress
from bot.errors import BackfillBotError, DependencyError, Refused, Unavailable, Unreachable
from tests.adapters.loopback import AUTHORITY, answering, page, refusing_grpc, tls
from tests.adapters.store.raw import refusal

LIMIT = timedelta(seconds=20)
# What a TLS server says to who speaks plainly, and an SSH server to everybody.
ALERT, SSH = bytes.fromhex("15030100020246"), b"SSH-2.0-OpenSSH_9.2\r\n"
PLAIN_TO_TLS = page(b"400 Bad Request", b"Client sent an HTTP request to an HTTPS server.\n")
NATIVE = page(
    b"400 Bad Request", b"Port 9000 is for clickhouse-client program\r\nYou must use port 8123 for HTTP.\r\n"
)

Ask = Callable[[str], Awaitable[DependencyError]]


@pytest.fixture
def no_host() -> Iterator[str]:
    """An address where nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{held.getsockname()[1]}"


async def clickhouse(url: str) -> DependencyError:
    connection = Connection("ClickHouse of a", ClickHouseAddress(url=url), SecretStr("marked-secret"), LIMIT)
    async with aclosing(_Closing(connection)):
        with pytest.raises(DependencyError) as caught:
            async with connection.asking() as client:
                await connection.query(client, Statement("SELECT 1", {}, Reach.HERE, "test"))
    return caught.value


class _Closing:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def aclose(self) -> None:
        await self._connection.close()


@pytest.fixture
def trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a bot that trusts the tests' own authority."""
    monkeypatch.setenv("SSL_CERT_FILE", str(AUTHORITY))


UNTRUSTED = "its certificate is not trusted"
EXPIRED = "its certificate has expired"
ELSEWHERE = "its certificate is for another name"


async def test_clickhouse_with_a_certificate_that_nobody_trusts_says_what_to_set() -> None:
    async with answering(b"", tls("trusted")) as port:
        error = await clickhouse(f"https://127.0.0.1:{port}")

    assert type(error) is Unreachable
    assert f"no connection to 127.0.0.1:{port}: {UNTRUSTED}" in error.why
    assert "SSL_CERT_FILE" in error.why
    assert "Error" not in error.why


@pytest.mark.parametrize(("certificate", "reason"), [("expired", EXPIRED), ("elsewhere", ELSEWHERE)])
async def test_clickhouse_with_a_certificate_that_is_not_valid_says_why(
    trusting: None, certificate: str, reason: str
) -> None:
    async with answering(b"", tls(certificate)) as port:
        error = await clickhouse(f"https://127.0.0.1:{port}")

    assert type(error) is Unreachable
    assert reason in error.why


@pytest.mark.parametrize(
    ("answer", "scheme", "reason"),
    [
        (page(b"200 OK"), "https", "it does not speak TLS on that port"),
        (b"", "http", "it closes the connection without an answer"),
        (ALERT, "http", "what answers there is not HTTP"),
        (SSH, "http", "what answers there is not HTTP"),
        (SSH, "https", "it does not speak TLS on that port"),
        (PLAIN_TO_TLS, "http", "8443 with https://"),
        (NATIVE, "http", "mostly 8123 with http://"),
        (page(b"200 OK"), "http", "a web page, not ClickHouse"),
        (page(b"503 Service Unavailable"), "http", "a web page, not ClickHouse"),
        (page(b"200 OK", b"<!DOCTYPE html>\n<html>"), "http", "a web page, not ClickHouse"),
        (page(b"401 Unauthorized", b"no"), "http", "check username in [clusters.NAME.clickhouse], and its password"),
        (page(b"403 Forbidden", b"no"), "http", "check username in [clusters.NAME.clickhouse], and its password"),
        (page(b"404 Not Found", b"no"), "http", "there is none at that path"),
        (page(b"407 Proxy Authentication Required", b"no"), "http", "is behind a proxy that wants a password"),
        (page(b"502 Bad Gateway", b"bad gateway"), "http", "bad gateway"),
        (
            page(b"302 Found", b"", b"Location: http://sso.invalid/login\r\n"),
            "http",
            "it redirects to another address, which the bot does not follow",
        ),
    ],
)
async def test_what_is_no_clickhouse_is_told_as_what_it_is(answer: bytes, scheme: str, reason: str) -> None:
    async with answering(answer) as port:
        error = await clickhouse(f"{scheme}://127.0.0.1:{port}")

    assert reason in error.why
    assert "\n" not in error.why
    assert "marked-secret" not in str(error)


async def test_clickhouse_that_wants_a_client_certificate_is_not_told_as_mute(trusting: None) -> None:
    async with answering(b"", tls("trusted", asks_for_client=True)) as port:
        error = await clickhouse(f"https://127.0.0.1:{port}")

    assert type(error) in (Unavailable, Unreachable)
    assert "closes the connection" in error.why or "client certificate" in error.why


@pytest.mark.parametrize("ask", [clickhouse], ids=["ClickHouse"])
async def test_a_name_that_nobody_knows_is_a_mistake_and_a_port_without_anybody_may_pass(
    ask: Ask, no_host: str
) -> None:
    unknown = await ask("http://no-such-host.invalid:8123")
    nobody = await ask(f"http://{no_host}")

    assert (type(nobody), isinstance(unknown, Unavailable)) == (Unavailable, True)
    assert "nobody listens there: check that it runs, and its port" in nobody.why
    # Without any DNS the name may be known later.
    assert "there is no host of that name" in unknown.why or "cannot be looked up now" in unknown.why


# --- Temporal


@pytest.fixture
def temporal(tmp_path: Path) -> Callable[[int, str | None], Awaitable[DependencyError]]:
    """Asks the server at a port, with these lines as the profile's [tls], or without a profile."""

    async def ask(port: int, with_tls: str | None = None) -> DependencyError:
        profiles = None
        address = TemporalAddress(address=f"127.0.0.1:{port}", namespace="n")
        if with_tls is not None:
            profiles = tmp_path / "temporal.toml"
            profiles.write_text(
                f'[profile.p]\naddress = "127.0.0.1:{port}"\nnamespace = "n"\n[profile.p.tls]\n{with_tls}\n'
            )
            address = TemporalAddress(profile="p")
        cluster = TemporalCluster("a", address, LIMIT, profiles=profiles)
        with pytest.raises(DependencyError) as lazily:
            await cluster.list_all("")
        with pytest.raises(DependencyError):
            await cluster.worker_client()
        return lazily.value

    return ask


AskTemporal = Callable[[int, str | None], Awaitable[DependencyError]]
TRUSTED = f'server_ca_cert_path = "{AUTHORITY}"'


@pytest.mark.parametrize(
    ("certificate", "profile", "reason"),
    [("trusted", "", UNTRUSTED), ("expired", TRUSTED, EXPIRED), ("elsewhere", TRUSTED, ELSEWHERE)],
)
async def test_temporal_with_a_certificate_that_is_not_accepted_says_why(
    temporal: AskTemporal, certificate: str, profile: str, reason: str
) -> None:
    async with answering(b"", tls(certificate)) as port:
        error = await temporal(port, profile)

    assert type(error) is Unreachable
    assert reason in error.why
    assert "TEMPORAL_CONFIG_FILE" in error.why or reason == EXPIRED


@pytest.mark.parametrize(
    ("answer", "profile", "reason"),
    [
        (page(b"200 OK"), "", "it does not speak TLS on that port"),
        (SSH, "", "it does not speak TLS on that port"),
        (b"", "", "it closes the connection in the TLS handshake"),
        (page(b"200 OK"), None, "what answers there is not Temporal"),
        (b"", None, "it closes the connection without an answer: it may want TLS"),
    ],
)
async def test_what_is_no_temporal_is_told_as_what_it_is(
    temporal: AskTemporal, answer: bytes, profile: str | None, reason: str
) -> None:
    async with answering(answer) as port:
        error = await temporal(port, profile)

    assert reason in error.why
    assert "Transport" not in error.why


async def test_a_temporal_that_answers_with_a_tls_alert_is_told_as_wanting_tls(temporal: AskTemporal) -> None:
    """The client may see the end of the connection before the seven bytes of the alert: either way TLS is named."""
    async with answering(ALERT) as port:
        error = await temporal(port, None)

    assert "wants TLS" in error.why or "may want TLS" in error.why
    assert "Transport" not in error.why


async def test_a_plain_client_at_a_temporal_that_wants_tls_hears_of_tls(temporal: AskTemporal) -> None:
    async with answering(b"", tls("trusted")) as port:
        error = await temporal(port, None)

    assert "TLS" in error.why


async def test_a_temporal_that_wants_a_client_certificate_says_so(temporal: AskTemporal) -> None:
    async with answering(b"", tls("trusted", asks_for_client=True)) as port:
        error = await temporal(port, TRUSTED)

    assert "client certificate" in error.why


@pytest.mark.parametrize(
    ("status", "message", "reason"),
    [
        (16, b"Request unauthorized.", "Request unauthorized. Check the API key"),
        (7, b"Request unauthorized.", "Request unauthorized. Check the API key"),
        (16, b'Jwt "k" is expired', 'Jwt "k" is expired. Check the API key'),
        (16, b"", "no reason given. Check the API key"),
    ],
)
async def test_a_key_that_temporal_does_not_accept_is_refused_with_its_reason(
    temporal: AskTemporal, status: int, message: bytes, reason: str
) -> None:
    async with refusing_grpc(status, message) as port:
        error = await temporal(port, None)

    assert type(error) is Refused
    assert f"127.0.0.1:{port} does not let the bot in: {reason}" in error.why


async def test_what_a_temporal_says_that_is_not_there_now_is_told_and_not_its_content_type(
    temporal: AskTemporal,
) -> None:
    async with refusing_grpc(14, b"not now") as port:
        error = await temporal(port, None)

    assert type(error) is Unavailable
    assert error.why == f"no connection to 127.0.0.1:{port}: not now"


# --- Slack


@pytest.fixture
def slack() -> Ask:
    """Asks with the tests' own authority trusted."""
    trusting = ssl.create_default_context(cafile=str(AUTHORITY))

    async def ask(url: str) -> DependencyError:
        client = AsyncWebClient("xoxb-1", base_url=f"{url}/api/", timeout=20, retry_handlers=[], ssl=trusting)
        with pytest.raises(DependencyError) as caught, translate_errors("auth.test"):
            await client.auth_test()
        return caught.value

    return ask


@pytest.mark.parametrize(
    ("certificate", "reason"), [("expired", EXPIRED), ("elsewhere", "the certificate is not Slack's")]
)
async def test_what_stands_before_slack_with_its_own_certificate_is_named(
    slack: Ask, certificate: str, reason: str
) -> None:
    async with answering(b"", tls(certificate)) as port:
        error = await slack(f"https://127.0.0.1:{port}")

    assert isinstance(error, Unavailable)
    assert reason in error.why


async def test_a_slack_that_nobody_trusts_says_what_to_set() -> None:
    async with answering(b"", tls("trusted")) as port:
        client = AsyncWebClient("xoxb-1", base_url=f"https://127.0.0.1:{port}/api/", timeout=20, retry_handlers=[])
        with pytest.raises(Unreachable, match=f"{UNTRUSTED}: set SSL_CERT_FILE"), translate_errors("auth.test"):
            await client.auth_test()


@pytest.mark.parametrize(
    ("answer", "scheme", "reason"),
    [
        (page(b"200 OK"), "https", "what answers there does not speak TLS"),
        (page(b"200 OK"), "http", "HTTP 200, but not from Slack: let the bot through to slack.com"),
        (page(b"403 Forbidden"), "http", "HTTP 403, but not from Slack"),
        (page(b"407 Proxy Authentication Required"), "http", "HTTP 407, but not from Slack"),
        (SSH, "http", "what answers is not HTTP"),
        (b"", "http", "the connection was closed without an answer"),
    ],
)
async def test_a_proxy_before_slack_is_told_and_may_have_let_the_call_through(
    slack: Ask, answer: bytes, scheme: str, reason: str
) -> None:
    async with answering(answer) as port:
        error = await slack(f"{scheme}://127.0.0.1:{port}")

    assert isinstance(error, Unavailable)
    assert reason in error.why


# --- PostgreSQL


async def postgresql(port: int, rest: str = "") -> BackfillBotError:
    return await refusal(f"postgresql://u:marked-secret@127.0.0.1:{port}/d{rest}")


async def test_a_postgresql_that_takes_no_tls_where_it_is_required_says_so() -> None:
    async with answering(b"N") as port:
        error = await postgresql(port, "?sslmode=require")

    assert type(error) is Unavailable
    assert "it does not speak TLS (SSL), or is no PostgreSQL server" in str(error)


async def test_nobody_where_a_postgresql_should_be_is_told_in_words(no_host: str) -> None:
    error = await postgresql(int(no_host.rpartition(":")[2]))

    assert type(error) is Unavailable
    assert "nobody listens there" in str(error)
    assert "marked-secret" not in str(error)


# --- what no server here can be made to do


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), ConnectionProblem.NO_DNS),
        (
            OSError("Multiple exceptions: [Errno 111] Connect call failed, [Errno 111] x"),
            ConnectionProblem.CONNECTION_REFUSED,
        ),
        (OSError(113, "No route to host"), ConnectionProblem.NO_ROUTE),
        (TimeoutError(), ConnectionProblem.TIMED_OUT),
        (OSError(28, "No space left on device"), None),
        (ValueError("ours"), None),
    ],
)
def test_what_the_system_tells_of_a_connection_has_words(error: Exception, trouble: ConnectionProblem | None) -> None:
    assert connection_problem(error) is trouble


@pytest.mark.parametrize(
    ("reason", "trouble"),
    [
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", ConnectionProblem.CLIENT_CERTIFICATE),
        ("SSLV3_ALERT_BAD_CERTIFICATE", ConnectionProblem.CLIENT_CERTIFICATE),
        ("TLSV1_ALERT_UNKNOWN_CA", ConnectionProblem.CLIENT_CERTIFICATE),
        ("TLSV1_ALERT_PROTOCOL_VERSION", ConnectionProblem.TLS_INCOMPATIBLE),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", ConnectionProblem.TLS_INCOMPATIBLE),
        ("UNSUPPORTED_PROTOCOL", ConnectionProblem.TLS_INCOMPATIBLE),
        ("WRONG_VERSION_NUMBER", ConnectionProblem.NOT_TLS),
        ("UNEXPECTED_EOF_WHILE_READING", ConnectionProblem.HANDSHAKE_ENDED),
    ],
)
def test_what_openssl_tells_of_a_handshake_has_words(reason: str, trouble: ConnectionProblem) -> None:
    error = ssl.SSLError(1, f"[SSL: {reason}]")
    error.reason = reason

    assert connection_problem(error) is trouble


def test_no_reason_goes_round_in_circles() -> None:
    error, cause = ValueError("a"), ValueError("b")
    error.__cause__, cause.__cause__ = cause, error

    assert connection_problem(error) is None
