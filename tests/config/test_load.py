"""The configuration: read whole, and every mistake told at once, with file, key and what is expected."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import Control, LogFormat, Settings, Transport, load, mistakes_in
from bot.errors import ConfigError
from bot.model import Baseline, OnStuck, Tier

GOOD = """
[campaign]
start = 2026-01-01
end = 2026-02-21

[workflow]
types = ["CustomerBackfill"]
task_queue = "backfill"

[slack]
channel = "C0BACKFILLS"

[watch]
every = "5s"

[[verify.tables]]
name = "scores"
table = "analytics.scores"
customer_column = "customer"
time_column = "scored_at"

[volume]
query = "SELECT 1"

[clusters.voice-prod]
customers = ["hilton"]
temporal = { address = "127.0.0.1:7233", namespace = "voice-prod" }
clickhouse = { url = "http://127.0.0.1:8123" }
"""
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backfill.toml"


def mistakes(file: Path, text: str | None = None, **environ: str) -> list[str]:
    if text is not None:
        file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load({**TOKENS, "BACKFILL_CONFIG": str(file), **environ})
    return list(caught.value.mistakes)


def without_number(line: str) -> str:
    return re.sub(r":\d+: ", ": ", line, count=1)


def test_a_good_configuration_is_read(file: Path) -> None:
    file.write_text(GOOD)
    loaded = load({**TOKENS, "BACKFILL_CONFIG": str(file), "LOG_FORMAT": "console"})

    assert loaded.config.campaign.window.days == 51
    assert loaded.config.watch.every == timedelta(seconds=5)
    assert loaded.settings.log_format is LogFormat.CONSOLE


def test_every_mistake_is_a_line_of_its_own_and_all_come_at_once(file: Path) -> None:
    text = (
        GOOD.replace("end = 2026-02-21", "end = 2025-02-21")
        .replace('every = "5s"', 'every = "soon"\nevry = "5s"')
        .replace('task_queue = "backfill"', "")
        .replace('"analytics.scores"', '"scores"')
        .replace('"127.0.0.1:7233"', '"somewhere"')
        .replace('["hilton"]', '["hilton", "hilton"]')
    )
    shown = mistakes(file, text, SLACK_BOT_TOKEN="xoxp-1", LOG_LEVEL="loud")

    assert all("\n" not in line and "; expected " in line for line in shown)
    starts = [":".join(without_number(line).split(":")[:2]) for line in shown]
    assert starts == [
        "environment: SLACK_BOT_TOKEN",
        "environment: LOG_LEVEL",
        f"{file}: campaign.end",
        f"{file}: workflow.task_queue",
        f"{file}: watch.every",
        f"{file}: watch.evry",
        f"{file}: verify.tables.0.table",
        f"{file}: clusters.voice-prod.customers",
        f"{file}: clusters.voice-prod.temporal.address",
    ]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("start = 2026-01-01", 'start = "yesterday"', "campaign.start"),
        ('[slack]\nchannel = "C0BACKFILLS"', "", "slack: missing; expected a [slack] table"),
        ('channel = "C0BACKFILLS"', 'channel = "#backfills"', "slack.channel: not of the right form"),
        ('channel = "C0BACKFILLS"', 'channel = "C1"\noperators = ["olivia"]', "slack.operators.0"),
        ("[volume]", '[digest]\ncron = "at nine"\n[volume]', "digest.cron"),
        ("[volume]", '[digest]\ncron = "0 9 31 2 *"\n[volume]', "digest.cron: '0 9 31 2 *' never comes"),
        ('every = "5s"', "every = 0", "watch.every: 0 is not a duration such as 90s"),
        ('every = "5s"', "time_limit = -3", "watch.time_limit: -3 is not a duration such as 90s"),
        ("[volume]", '[digest]\ntimezone = "Mars/Base"\n[volume]', "digest.timezone: no time zone 'Mars/Base'"),
        ('task_queue = "backfill"', 'task_queue = "b"\nid_template = "x-{customer}"', "{start} stands in it 0 times"),
        (', namespace = "voice-prod" }', " }", "neither a profile nor both address and namespace"),
        ('"http://127.0.0.1:8123"', '"tcp://127.0.0.1:9000"', "clusters.voice-prod.clickhouse.url"),
        ("[clusters.voice-prod]", '[clusters."voice/prod"]', "clusters.voice/prod"),
    ],
)
def test_a_single_mistake_names_its_key(file: Path, old: str, new: str, line: str) -> None:
    assert old in GOOD
    (shown,) = [shown for shown in mistakes(file, GOOD.replace(old, new)) if line in shown]

    assert shown.startswith(f"{file}:")


def test_a_digest_once_in_four_years_is_one(file: Path) -> None:
    file.write_text(GOOD + '\n[digest]\ncron = "0 9 29 2 *"\n')

    assert load({**TOKENS, "BACKFILL_CONFIG": str(file)}).config.digest.cron == "0 9 29 2 *"


def test_without_a_sizing_section_the_defaults_hold(file: Path) -> None:
    file.write_text(GOOD)
    rules = load({**TOKENS, "BACKFILL_CONFIG": str(file)}).config.sizing.rules

    assert [rules.tier_of(scorecards).days for scorecards in (0, 50_000, 50_001, 250_000, 1e9)] == [10, 10, 5, 5, 1]
    assert (rules.overrides, rules.baselines) == ({}, ())


def test_sizing_is_read_whole(file: Path) -> None:
    file.write_text(
        GOOD
        + """
[sizing]
target = "90m"
tiers = [{ up_to = 0.5, days = 7 }, { days = 2 }]
overrides = { cvs = 1, "voice-prod/hilton" = 3 }
baselines = [
    { name = "hilton", scorecards = 82_000, days = 5, took = "2h15m" },
    { name = "cvs", scorecards = 1, days = 1 },
]
"""
    )
    rules = load({**TOKENS, "BACKFILL_CONFIG": str(file)}).config.sizing.rules

    assert rules.target == timedelta(minutes=90)
    assert rules.tiers == (Tier(0.5, 7), Tier(None, 2))
    assert rules.overrides == {"cvs": 1, "voice-prod/hilton": 3}
    assert rules.baselines == (
        Baseline("hilton", 82_000, 5, timedelta(hours=2, minutes=15)),
        Baseline("cvs", 1, 1, None),
    )


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("tiers = []", "sizing.tiers: the last one has a bound, or there is none; expected tables with up_to"),
        ("tiers = [{ up_to = 5, days = 1 }]", "sizing.tiers: the last one has a bound"),
        ("tiers = [{ days = 5 }, { days = 1 }]", "sizing.tiers: one before the last has no up_to"),
        (
            "tiers = [{ up_to = 5, days = 2 }, { up_to = 5, days = 2 }, { days = 1 }]",
            "sizing.tiers: the bounds do not rise",
        ),
        ("tiers = [{ days = 0 }]", "sizing.tiers.0.days: "),
        ("tiers = [{ up_to = inf, days = 1 }]", "sizing.tiers.0.up_to: "),
        ("max_days = 4\nmin_days = 5", "sizing.max_days: 4 is below min_days 5"),
        ("overrides = { cvs = 0 }", "sizing.overrides.cvs: "),
        (
            'baselines = [{ name = "cvs", days = 1 }]',
            "sizing.baselines.0.scorecards: missing; expected its scorecards",
        ),
        ('target = "soon"', "sizing.target: "),
        ("tier = 1", "sizing.tier: no such key; expected one of target, shortest"),
    ],
)
def test_a_mistake_about_sizes_names_its_key(file: Path, line: str, mistake: str) -> None:
    (shown,) = mistakes(file, GOOD + f"\n[sizing]\n{line}\n")

    assert mistake in shown


@pytest.mark.parametrize(
    "temporal",
    ['address = "127.0.0.1:7233"\nnamespace = "voice"', 'profile = "voice"'],
)
def test_two_clusters_are_not_the_same_namespace(file: Path, temporal: str) -> None:
    """Each would drive the other one's sequences, and count its runs."""
    table = f'[clusters.{{}}.temporal]\n{temporal}\n[clusters.{{}}.clickhouse]\nurl = "http://127.0.0.1:8123"\n'
    (shown,) = mistakes(file, GOOD + "\n" + "".join(table.format(name, name) for name in ("one", "two")))

    assert "clusters: one and two are the same namespace of the same Temporal; expected" in shown


def test_without_a_control_section_the_defaults_hold(file: Path) -> None:
    file.write_text(GOOD)
    control = load({**TOKENS, "BACKFILL_CONFIG": str(file)}).config.control

    assert (control.task_queue, control.parallel, control.split_after) == ("backfill-bot", 1, 2)
    assert (control.on_stuck, control.cancel_patience) == (OnStuck.STOP, timedelta(minutes=15))


def test_no_worker_of_the_team_may_poll_the_queue_of_the_followers(file: Path) -> None:
    file.write_text(GOOD.replace('task_queue = "backfill"', 'task_queue = "backfill-bot-followers"'))

    with pytest.raises(ConfigError, match="its task_queue backfill-bot-followers is that of"):
        load({**TOKENS, "BACKFILL_CONFIG": str(file)})


def test_control_is_read_whole(file: Path) -> None:
    section = 'task_queue = "q"\nparallel = 3\nsplit_after = 1\non_stuck = "continue"\ncancel_patience = "90s"'
    file.write_text(f"{GOOD}\n[control]\n{section}\n")
    control = load({**TOKENS, "BACKFILL_CONFIG": str(file)}).config.control

    assert control == Control(
        task_queue="q",
        parallel=3,
        split_after=1,
        on_stuck=OnStuck.CONTINUE,
        cancel_patience="90s",
    )


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        (
            'task_queue = "backfill"',
            "control: its task_queue backfill is that of [workflow]; expected a [control] table",
        ),
        ('task_queue = " "', "control.task_queue: "),
        ("parallel = 0", "control.parallel: "),
        ("parallel = 51", "expected how many windows of a customer at once, from 1 to 50"),
        ("split_after = 0", "expected a number of heartbeat timeouts, from 1 to 100"),
        (
            'on_stuck = "wait"',
            "control.on_stuck: Input should be 'stop' or 'continue'; expected \"stop\" or \"continue\"",
        ),
        ("cancel_patience = 15", "control.cancel_patience: 15 is not a duration such as 90s"),
        ('cancel_patience = "0s"', "control.cancel_patience: "),
        ("paralel = 2", "control.paralel: no such key; expected one of task_queue, parallel"),
    ],
)
def test_a_mistake_about_control_names_its_key(file: Path, line: str, mistake: str) -> None:
    (shown,) = mistakes(file, f"{GOOD}\n[control]\n{line}\n")

    assert mistake in shown


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("faild = { on = false }", "alerts.faild: no such key; expected one of failed, heartbeat_timeout"),
        ("failed = false", "alerts.failed: "),
        ("stalled = { off = true }", "alerts.stalled.off: no such key; expected one of on"),
        ("retrying = { retries = 0 }", "expected how many attempts of one activity fail before, as 3"),
    ],
)
def test_a_mistake_about_reasons_of_alerts_names_its_key_and_line(file: Path, line: str, mistake: str) -> None:
    text = f"{GOOD}\n[alerts]\n{line}\n"
    (shown,) = mistakes(file, text)

    assert mistake in shown
    assert f":{len(text.splitlines())}: " in shown


def with_input(line: str) -> str:
    return GOOD.replace('task_queue = "backfill"', f'task_queue = "backfill"\n{line}')


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("", {"customer": "{customer}", "start": "{start}", "end": "{end}"}),
        ('input = ["{customer}", "{start}", "{end}", 7]', ("{customer}", "{start}", "{end}", 7)),
        (
            'input = { days = ["{start}/{end}"], who = { name = "{customer}", "{x}" = true }, again = "{start}" }',
            {"days": ["{start}/{end}"], "who": {"name": "{customer}", "{x}": True}, "again": "{start}"},
        ),
        (
            """input = ['{"who": "{customer}", "days": ["{start}", "{end}"], "more": { }}']""",
            ('{"who": "{customer}", "days": ["{start}", "{end}"], "more": { }}',),
        ),
    ],
    ids=["default", "list", "nested", "JSON in a text"],
)
def test_the_input_of_the_workflow_is_read_as_written(file: Path, line: str, read: object) -> None:
    file.write_text(with_input(line))

    assert load({**TOKENS, "BACKFILL_CONFIG": str(file)}).config.definitions[0].input == read


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ('input = "{customer} {start} {end}"', "neither a table nor a list; expected a table (the one argument)"),
        ("input = []", "{customer} is not in it"),
        ('input = ["{customer}", "{start}"]', "{end} is not in it"),
        ('input = { "{end}" = "{customer} {start}" }', "{end} is not in it"),
        ('input = ["{customer}", "{start}", "{end}", "{n}"]', "{n} is unknown"),
        ('input = ["{customer}", "{start}", "{end:%Y-%m}"]', "'%Y-%m' is no date form"),
        ('input = ["{customer}", "{start}", "{end}", "{}"]', "{} is unknown"),
        ('input = ["{customer}", 2026-01-01, "{end}"]', "2026-01-01 has to be a text, in quotes"),
    ],
)
def test_a_mistake_in_the_input_is_one_line(file: Path, line: str, mistake: str) -> None:
    (shown,) = mistakes(file, with_input(line))

    assert shown.startswith(f"{file}:9: workflow.input: ")
    assert mistake in shown


def test_the_bots_own_workflow_is_not_the_teams(file: Path) -> None:
    (shown,) = mistakes(file, GOOD.replace('["CustomerBackfill"]', '["CustomerBackfill", "SequentialBackfill"]'))

    assert "workflow.types: SequentialBackfill is the bot's own; expected the workflow type names" in shown


def test_an_unknown_key_is_answered_with_the_known_ones(file: Path) -> None:
    (shown,) = mistakes(file, GOOD.replace('every = "5s"', 'evry = "5s"'))

    assert "watch.evry: no such key; expected one of every, slow_round" in shown


def test_a_missing_file_says_which_and_where_an_example_is(file: Path) -> None:
    (shown,) = mistakes(file)

    assert shown == f"{file}: cannot be read (No such file or directory); expected a file as in backfill.example.toml"


@pytest.mark.parametrize("text", ["[campaign", "\x00"])
def test_a_file_that_is_no_toml_is_told_in_one_line(file: Path, text: str) -> None:
    (shown,) = mistakes(file, text)

    assert shown.startswith(f"{file}: not TOML: ")


def test_a_file_that_is_no_text_is_told_in_one_line(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")
    (shown,) = mistakes(file)

    assert shown.startswith(f"{file}: not TOML: ")


def test_missing_variables_are_named_and_empty_ones_count_as_missing(file: Path) -> None:
    shown = mistakes(file, GOOD, SLACK_BOT_TOKEN="", SLACK_APP_TOKEN="")

    assert [line.split(";")[0] for line in shown] == [
        "environment: SLACK_BOT_TOKEN: missing",
        "environment: SLACK_APP_TOKEN: missing",
    ]


def test_each_way_of_hearing_needs_its_own_secret_and_not_the_others(file: Path) -> None:
    file.write_text(GOOD)
    common = {"SLACK_BOT_TOKEN": "xoxb-1", "BACKFILL_CONFIG": str(file)}
    over_http = load({**common, "SLACK_SIGNING_SECRET": "s"}, Transport.HTTP)
    over_sockets = load({**common, "SLACK_APP_TOKEN": "xapp-1"})
    with pytest.raises(ConfigError) as caught:
        load({**common, "SLACK_APP_TOKEN": "xapp-1", "SLACK_SIGNING_SECRET": "  "}, Transport.HTTP)

    assert (over_http.transport, over_sockets.transport) == (Transport.HTTP, Transport.SOCKET_MODE)
    assert caught.value.mistakes == (
        "environment: SLACK_SIGNING_SECRET: missing; HTTP mode expects the signing secret of the Slack app, "
        "from its Basic Information page",
    )


@pytest.mark.parametrize("port", ["http", "-1", "65536"])
def test_a_port_that_is_none_is_a_mistake(file: Path, port: str) -> None:
    (shown,) = mistakes(file, GOOD, PORT=port)

    assert shown.startswith("environment: PORT: ")
    assert shown.endswith("; expected the port to listen on, from 0 to 65535")


def test_no_mistake_repeats_a_secret(file: Path) -> None:
    shown = mistakes(file, GOOD, SLACK_BOT_TOKEN="marked-secret", DATABASE_URL="mysql://user:marked-secret@host/x")

    assert len(shown) == 2
    assert not any("marked-secret" in line for line in shown)


def test_each_cluster_has_the_password_of_its_own_variable_or_the_common_one(file: Path) -> None:
    second = GOOD[GOOD.index("[clusters") :].replace("voice-prod", "chat-prod")
    second = second.replace('8123" }', '8123", password_env = "CHAT_PASSWORD" }')
    file.write_text(GOOD + second)
    environ = {**TOKENS, "BACKFILL_CONFIG": str(file), "CLICKHOUSE_PASSWORD": "common", "CHAT_PASSWORD": "own"}
    passwords = load(environ).clickhouse_passwords

    assert {name: secret.get_secret_value() for name, secret in passwords.items()} == {
        "voice-prod": "common",
        "chat-prod": "own",
    }


def test_a_password_variable_that_is_not_set_is_a_mistake(file: Path) -> None:
    text = GOOD.replace('8123" }', '8123", password_env = "NOWHERE" }')
    (shown,) = mistakes(file, text)

    assert "clusters.voice-prod.clickhouse.password_env: no variable NOWHERE in the environment" in shown


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (GOOD.replace('8123" }', '8123", password_env = "OWN" }'), "clusters.voice-prod.clickhouse.password_env"),
        (
            f'{GOOD}codec = {{ endpoint = "https://c.example.com", auth_env = "OWN" }}\n',
            "clusters.voice-prod.codec.auth_env",
        ),
        (f'{GOOD}[webhooks.pagerduty]\nrouting_key_env = "OWN"\n', "webhooks.pagerduty.routing_key_env"),
        (
            f'{GOOD}[webhooks.chat]\nurl_env = "OWN"\ntemplate = \'{{"text": "{{summary}}"}}\'\n',
            "webhooks.chat.url_env",
        ),
    ],
)
def test_an_empty_variable_that_the_file_names_is_a_mistake(file: Path, text: str, key: str) -> None:
    (shown,) = mistakes(file, text, OWN="")

    assert f"{key}: the variable OWN is empty; expected the name of an environment variable" in shown


def with_codec(keys: str) -> str:
    return GOOD + f"codec = {{ {keys} }}\n"


def test_a_codec_has_the_header_of_its_variable_which_is_a_secret_with_and_without_its_scheme(file: Path) -> None:
    file.write_text(with_codec('endpoint = "https://codec.example.com/{namespace}/", auth_env = "CODEC_AUTH"'))
    loaded = load({**TOKENS, "BACKFILL_CONFIG": str(file), "CODEC_AUTH": "Bearer marked-secret"})
    codec = loaded.config.clusters["voice-prod"].codec

    assert codec
    assert codec.endpoint == "https://codec.example.com/{namespace}"
    assert loaded.codec_auths["voice-prod"].get_secret_value() == "Bearer marked-secret"
    assert {"Bearer marked-secret", "marked-secret"} <= loaded.secrets()


def test_a_codec_may_want_no_header(file: Path) -> None:
    file.write_text(with_codec('endpoint = "http://127.0.0.1:8081"'))

    assert load({**TOKENS, "BACKFILL_CONFIG": str(file)}).codec_auths == {}


@pytest.mark.parametrize(
    ("keys", "mistake"),
    [
        ('endpoint = "codec.example.com"', "codec.endpoint: not of the right form; expected an http(s) URL without"),
        ('endpoint = "https://me:pw@codec.example.com"', "codec.endpoint: not of the right form"),
        ('endpoint = "https://codec.example.com/v1/decode"', "codec.endpoint: the bot adds /decode by itself"),
        ('endpoint = "https://codec.example.com/{ns}"', "codec.endpoint: {ns} stands for nothing here"),
        ('auth_env = "SLACK_BOT_TOKEN"', "codec.endpoint: missing; expected an http(s) URL without /decode"),
        ('endpoint = "https://c.example.com", auth_env = "NOWHERE"', "codec.auth_env: no variable NOWHERE in the"),
        (
            'endpoint = "https://c.example.com", auth = "x"',
            "codec.auth: no such key; expected one of endpoint, auth_",
        ),
    ],
)
def test_a_mistake_in_a_codec_is_told_with_its_line(file: Path, keys: str, mistake: str) -> None:
    (line,) = mistakes(file, with_codec(keys))

    assert f"{file}:{len(GOOD.splitlines()) + 1}: clusters.voice-prod.{mistake}" in line


def test_settings_read_only_the_mapping_they_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "debug")
    settings = Settings.from_env(TOKENS)

    assert settings.log_level == "info"


@pytest.mark.parametrize(("named", "read"), [("/etc/temporal.toml", Path("/etc/temporal.toml")), ("", None)])
def test_the_file_of_temporals_profiles_is_read_and_an_empty_one_is_none(
    file: Path, named: str, read: Path | None
) -> None:
    file.write_text(GOOD)
    loaded = load({**TOKENS, "BACKFILL_CONFIG": str(file), "TEMPORAL_CONFIG_FILE": named})

    assert loaded.settings.temporal_config_file == read


def test_a_cluster_may_have_a_budget_of_calls_of_its_own(file: Path) -> None:
    file.write_text(GOOD.replace('every = "5s"', 'every = "5s"\ncalls_per_second = 70'))
    config = load({**TOKENS, "BACKFILL_CONFIG": str(file)}).config
    (name,) = config.clusters
    slower = config.clusters[name].model_copy(update={"calls_per_second": 7})

    assert config.calls_per_second(name) == 70
    assert config.model_copy(update={"clusters": {name: slower}}).calls_per_second(name) == 7


def test_a_key_that_has_no_effect_any_more_is_told_and_keeps_nothing_from_starting(file: Path) -> None:
    file.write_text(GOOD.replace('every = "5s"', 'every = "5s"\ndescribes_a_pass = 200'))
    loaded = load({**TOKENS, "BACKFILL_CONFIG": str(file)})
    file.write_text(GOOD)

    (line,) = loaded.config.watch.keys_without_effect
    assert line.startswith("watch.describes_a_pass has no effect any more: calls_per_second now bounds")
    assert load({**TOKENS, "BACKFILL_CONFIG": str(file)}).config.watch.keys_without_effect == ()


def test_keys_without_effect_are_not_suggested(file: Path) -> None:
    (shown,) = mistakes(file, GOOD.replace('every = "5s"', "describes_a_paas = 200"))

    assert "calls_per_second" in shown
    assert "describes_a_pass" not in shown


def test_a_text_that_is_still_to_be_written_may_name_variables_that_will_be_written_with_it() -> None:
    codec = 'codec = { endpoint = "http://127.0.0.1:8081", auth_env = "CODEC_AUTH" }'

    assert mistakes_in(f"{GOOD}{codec}\n", Path("backfill.toml")) == []
