"""Secrets are hidden in text, by their form or by their value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.redaction import HIDDEN, LONGEST, MARGIN, redact, redact_field, redact_json, redact_line

LIMIT = 300


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("store: database\n is  locked", "store: database is locked"),
        ("No alert is open for “xoxb-1-secret”.", "No alert is open for “(hidden)”."),
        ("XAPP-1-A0-secret and xoxe.xoxp-1-secret", "(hidden) and (hidden)"),
        ("postgresql://bot:secret@db/x refused", "postgresql://(hidden)@db/x refused"),
        ("no server: password=secret host=db", "no server: password=(hidden) host=db"),
        ("{'Authorization': 'Basic c2VjcmV0'}", "{'Authorization': 'Basic (hidden)'}"),
        (
            "it does not accept the password: check DATABASE_URL",
            "it does not accept the password: check DATABASE_URL",
        ),
        ("from its Basic Information page, password_env = X", "from its Basic Information page, password_env = X"),
        ("x" * 1_000, "x" * (LIMIT - 1) + "…"),
    ],
)
def test_text_is_told_on_one_line_without_secrets_and_not_at_any_length(text: str, kept: str) -> None:
    assert redact_line(text, LIMIT) == kept


def test_a_secret_is_hidden_before_the_text_is_cut() -> None:
    assert "secret" not in redact_line("y" * (LIMIT - 10) + " xoxb-secret", LIMIT)


def test_no_half_of_a_secret_is_left_where_a_long_text_was_cut() -> None:
    key = "AKIA" + "IOSFODNN7EXAMPLE"
    text = "x" + " " * (LONGEST + MARGIN - 15) + key

    assert redact_line(text, LIMIT) == "x"


@given(before=st.text(), after=st.text())
def test_a_token_is_hidden_wherever_it_stands(before: str, after: str) -> None:
    assert "xoxb-1-2-marked" not in redact(f"{before} xoxb-1-2-marked {after}")


def test_what_is_hidden_stays_as_it_is() -> None:
    once = redact("In scope password = 'secret'. Authorization: Basic c2VjcmV0, x-clickhouse-key: secret")

    assert once.count("(hidden)") == 3
    assert redact(once) == once


def test_lines_stay_lines() -> None:
    assert redact("one\ntwo xapp-1\n") == "one\ntwo (hidden)\n"


# No real ones, and put together here, so that no scanner takes them for such.
M = "marked0"
TOKENS = [
    *("AKIA" + "IOSFODNN7EXAMPLE", "ghp_" + "a1B2" * 9, "github_pat_" + "a1" * 20, "glpat-" + "a1B2c" * 4),
    *("AIza" + "a1B2c" * 7, "ya29." + "a1B2c" * 4, "sk_live_" + "a1B2c" * 4, "sk-proj-" + "a1B2c" * 6),
    *("npm_" + "a1B2c3" * 6, "SG." + "a1B2" * 5 + "." + "a1B2" * 8, "hvs." + "a1B2c" * 5, "dapi" + "0a1b" * 8),
    *("hf_" + "aBcDe" * 7, "xoxe-1-" + "a1", "xapp-1-A1-2-a1", "12345678:AA" + "a1B2c" * 7, "GOCSPX-" + "a1B2c" * 5),
    "eyJhbGciOiJub25lIn0." + "eyJzdWIiOiJhIn0." + "c2ln",
    "eyJhbGciOiJub25lIn0",
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blb\n-----END OPENSSH PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY----- b3Blb and what was cut",
    "-----BEGIN%20PRIVATE%20KEY-----b3Blb%0A-----END%20PRIVATE%20KEY-----",
    "MII" + "EvQIBADANBgkqhkiG9w0" * 3,
    "ATATT3" + "a1B2c" * 8,
]
NAMED = [
    *("password={}", "PASSWORD = '{}'", "db_password: {}", 'passwd="{}"', "pwd={};", "sslpassword='it''s {}'"),
    *('{{"password":"{}","day":"2026-01-01"}}', '{{\\"secret\\": \\"{}\\", \\"rows\\": 3}}', "{{'api_key': '{}'}}"),
    *('"credentials": ["u", "{}"]', "client_secret={}", "aws_secret_access_key = {}", "AccountKey={}==;x=y"),
    *("SharedAccessKey={}", "X-Api-Key: {}", "('X-ClickHouse-Key', '{}')", "GITHUB_TOKEN={}", "access_token: {}"),
    *('"token": "{}"', "token={}", "Authorization: Bearer {}", "bearer {}", "Authorization: Token {}"),
    *("Cookie: session={}; theme=dark", "postgresql://bot:{}@db/x", "redis://:{}@h", "amqp://u:p@{}@h/x"),
    *("postgresql://bot:pa/{}@db/x", "https://u:{}…", "https://b.s3.amazonaws.com/k?X-Amz-Signature={}&x=1"),
    *("?access_token={}#x", "IDENTIFIED WITH sha256_password BY '{}'", "PASSWORD '{}'", "--password {} -h db"),
    *("password%3D{}", "https://hooks.slack.com/services/T1/B1/{}", "passphrase => {}", "DB_PASSWORD_2={}"),
    *("DB_PASS={}", "passwords: ['{}', 'x']", 'password "{}"', "pwd={{{}}};", "secrets={{'a': '{}'}}"),
    *("%22password%22%3A%22{}%22", "password%253D{}", "clickhouse%3A%2F%2Fbot%3A{}%40host%2Fdb", "password -> {}"),
    *(
        "<password>{}</password>",
        "name: DB_PASSWORD', 'value': '{}'",
        "auth=('bot', '{}')",
        "curl -u bot:{} http://x",
    ),
    *("remote('h', db.t, 'bot', '{}')", "s3('https://b/x', 'id', '{}', 'CSV')", "Authorization=Bearer%20{}"),
    *("mysql -h db -u bot -p{} scores", "mysqldump -p{}", "sshpass -p {} ssh db", "mariadb-dump --host=db -p'{}'"),
    *("clickhouse://bot:{}", "X-Amz-Signature={}0123456789", "API key: {}", 'password=a"{}', "bearer: {}"),
]
# Where only its look tells it from a word.
SPOKEN_OF = [
    "the password is {}",
    "token {}",
    "ApiKey {}",
    "authorization: {}",
    "login bot password {}",
    "https://h/x?key={}",
]
READABLE = [
    *(
        "2026-01-01",
        "day 2026-01-03, 3,619 of 61,500 rows",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c",
    ),
    *("backfill-hilton-2026-01-01", "6f1d2c1e-8f7a-4a57-9a0e-0d8f3f1b2a77", "sk-telecom-subscribers-europe-west"),
    *("token_count=5", "tokens: 512", '{"tokens": 512, "token_count": 5}', "page_token: abc1234567", "token=1048576"),
    *("nextPageToken=abc1234567", '{"page_token":"abc1234567"}', "sync token: abc1234567", "pass: 3 of 5"),
    *('{"pass": 2, "of": 5}', "password authentication failed for user bot", "the password: check DATABASE_URL"),
    *(
        "password: required",
        "token: expired",
        "bearer token expired",
        "Bearer authentication failed",
        "password: 3 tries",
    ),
    *("Unexpected token: )", "Expected one of: token, Comma", "Basic Information", "the basic problem", "key=hilton"),
    *("primary_key: id", "sort_key=customer", "secret-santa on voice-prod", "http://host:8123/x@y", "a@example.com"),
    *("https://host:7233", "postgresql://USER:PASSWORD@HOST/DATABASE", "password_env = CLICKHOUSE_PASSWORD"),
    *("Code: 516. DB::Exception: Authentication failed", "secret=null", "max_tokens=4096", "task-queue-7", "eyJ"),
    *(
        "ssh -p 2222 db",
        "docker run -prod",
        "mysql -P 3306 -h db-prod",
        "https://h/x?key=hilton&day=3",
    ),
    *("?code=500&x", "first_pass: 3 of 5", "bypass=true", "compass: north", "secret backfill-Voice-2026-01-01"),
    *(
        "password PasswordReset",
        "token bucket of acme-token",
        "passwords: 12",
        "http://host:port/x",
        "remote (voice-prod)",
    ),
    *(
        "authorization: denied",
        "table password_resets",
        "acme-token:2026-01-01",
        "password_resets: 3,952 rows missing",
    ),
]


@pytest.mark.parametrize("token", TOKENS)
def test_a_token_is_known_by_its_form(token: str) -> None:
    assert redact(f"it said {token} twice") in (f"it said {HIDDEN} twice", f"it said {HIDDEN}")


@pytest.mark.parametrize("form", NAMED)
def test_what_stands_where_a_secret_does_is_hidden_and_the_rest_can_be_read(form: str) -> None:
    shown = redact(f"it said {form.format(M)}\nand stopped")

    assert M not in shown
    assert HIDDEN in shown
    assert shown.startswith("it said ")
    assert shown.endswith("and stopped")


@pytest.mark.parametrize("form", SPOKEN_OF)
def test_what_is_spoken_of_as_a_secret_and_looks_like_none_of_the_words_is_one(form: str) -> None:
    assert redact(form.format("Zq8Lm3Xv9Rt2Kp")) == form.format(HIDDEN)


@pytest.mark.parametrize("text", READABLE)
def test_what_people_need_is_not_taken_for_a_secret(text: str) -> None:
    assert redact(text) == text
    assert redact(f"{text}, and {text}.") == f"{text}, and {text}."


@pytest.mark.parametrize("form", [*NAMED, *TOKENS])
def test_a_secret_across_the_cut_shows_no_half_of_itself(form: str) -> None:
    secret = form.replace("{}", M * 40)
    for before in range(LONGEST - len(secret) - 5, LONGEST + 5, 31):
        assert M not in redact("y" * before + " " + secret)


def test_a_known_value_across_the_cut_shows_no_half_of_itself() -> None:
    assert "hunter" not in redact("y" * (LONGEST - 10) + " hunter22 hunter22", ("hunter22 hunter22",))


SPOKEN = st.lists(
    st.one_of(
        st.sampled_from([*NAMED, *TOKENS, *READABLE, HIDDEN, *"\\'\"“”:=[]{}@ ,;\n"]),
        st.text(max_size=5),
    ),
    max_size=8,
).map("".join)


@given(SPOKEN)
def test_what_has_been_hidden_is_not_hidden_again(text: str) -> None:
    once = redact(text)

    assert redact(once) == once


def test_json_keeps_its_data() -> None:
    shown = {"id": "password=x123", "text": ["password=x123"], "n": 1}

    assert redact_json(shown, kept=("id",)) == {"id": "password=x123", "text": ["password=(hidden)"], "n": 1}


@pytest.mark.parametrize(("name", "text"), [("password", HIDDEN), ("DbSecret", HIDDEN), ("AccountKey", "abc")])
def test_a_field_is_known_by_its_name(name: str, text: str) -> None:
    assert redact_field(name, "abc") == text


def test_a_text_of_any_length_is_cut() -> None:
    assert len(redact("x" * 10 * (LONGEST + MARGIN))) == LONGEST + 1
