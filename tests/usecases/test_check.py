"""``check`` runs all probes, and one failure hides no other."""

import asyncio
from datetime import timedelta

from bot.blocks.check_report import advice_text, answer_text, name
from bot.config.cluster import CodecAddress
from bot.errors import Refused, Unavailable
from bot.fleet.diagnostics.facts import DefectFound, NoAnswer
from bot.fleet.diagnostics.findings import Advice, Answer, Finding, Level
from bot.model import ClosePolicy, OutboxMessage, PendingChild, Ref
from bot.usecases.check import (
    LISTED,
    Probe,
    check,
    clock_probe,
    cluster_probes,
    config_probes,
    operators_probe,
    slack_probes,
    store_probes,
    unopened_store_probe,
)
from bot.usecases.check_temporal import SAMPLE
from tests.fakes.idle_clock import on_idle_clock
from tests.fakes.services import NOW, FakeWorld, config
from tests.fleet.builders import description, execution
from tests.fleet.sequences import spec


async def granted() -> str:
    return "granted"


def probes(world: FakeWorld) -> tuple[Probe, ...]:
    """All probes, with an open store."""
    slack = (
        *slack_probes(world.channel, granted),
        operators_probe(world.config, world.people),
        clock_probe(granted),
    )
    store = store_probes(world.journal, world.outbox, world.leases, world.config.clusters, lambda: world.now)
    return (*slack, *store, *cluster_probes(world.services.clusters, world.config, world.services.recogniser))


async def test_everything_configured_is_asked() -> None:
    world = FakeWorld(config({"voice-prod": ("hilton",), "chat-prod": ()}))

    findings = await check(probes(world))

    assert all(finding.is_ok for finding in findings)
    assert [name(finding) for finding in findings] == [
        "Slack",
        "Slack app token",
        "operators",
        "clock",
        "store",
        "outbox",
        "bots",
        "voice-prod Temporal",
        "voice-prod runs",
        "voice-prod ClickHouse",
        "chat-prod Temporal",
        "chat-prod runs",
        "chat-prod ClickHouse",
    ]


async def test_in_http_mode_no_connection_is_asked_for() -> None:
    findings = await check(slack_probes(FakeWorld().channel, None))

    assert [(name(finding), finding.is_ok) for finding in findings] == [("Slack", True)]


async def test_temporal_tells_how_many_workers_poll_the_queue_of_the_backfills() -> None:
    world = FakeWorld()
    engine = world.engines["voice-prod"]
    engine.workers["backfill"], engine.activity_workers["backfill"] = 2, 3
    engine.add(execution())

    shown = {name(finding): answer_text(finding.answer) for finding in await check(probes(world))}

    assert shown["voice-prod Temporal"] == (
        "Temporal in memory answers; workers that poll backfill: 2 for workflows, 3 for activities;"
        " recognised: 1 of the last 1 run, such as backfill-hilton-2026-01-01-2026-02-21: hilton,"
        " 2026-01-01..2026-02-21 (51 days, Feb 21 not included); open "
        "sequences: 0; watching 1 open run takes about 1 of 100"
        " calls a second"
    )


async def test_a_server_that_takes_no_updates_is_told_before_a_sequence_begins() -> None:
    world = FakeWorld()
    world.controls["voice-prod"].has_updates = False

    found = {name(finding): finding for finding in await check(probes(world))}["voice-prod Temporal"]

    assert found.level is Level.WARNING
    assert "workflow updates are switched off" in answer_text(found.answer)


async def test_a_codec_is_asked_where_one_is_configured_and_its_failure_says_where_to_look() -> None:
    world = FakeWorld(config({"voice-prod": ("hilton",), "chat-prod": ("hilton",)}))
    clusters = dict(world.config.clusters)
    codec = CodecAddress(endpoint="https://codec.example.com")
    clusters["voice-prod"] = clusters["voice-prod"].model_copy(update={"codec": codec})
    world.config = world.config.model_copy(update={"clusters": clusters})
    world.engines["voice-prod"].codec = "the codec answers"

    well = {name(finding): answer_text(finding.answer) for finding in await check(probes(world))}
    world.engines["voice-prod"].away = Unavailable("Codec of voice-prod", "no answer within 1 s")
    ill = {name(finding): finding for finding in await check(probes(world))}["voice-prod codec"]

    assert well["voice-prod codec"] == "the codec answers"
    assert "chat-prod codec" not in well
    assert answer_text(ill.answer) == "Codec of voice-prod: no answer within 1 s"
    assert "codec in [clusters.voice-prod]" in advice_text(ill)


async def test_a_cluster_that_nobody_works_on_is_a_failure_once_something_has_run_there() -> None:
    world = FakeWorld(config({"voice-prod": ("hilton",), "chat-prod": ("hilton",), "eu-prod": ()}))
    world.engines["chat-prod"].add(execution(cluster="chat-prod"))

    found = {name(finding): finding for finding in await check(probes(world))}

    levels = [found[f"{cluster} Temporal"].level for cluster in ("voice-prod", "chat-prod", "eu-prod")]
    assert levels == [Level.WARNING, Level.FAILED, Level.OK]
    assert "[workflow]" in advice_text(found["chat-prod Temporal"])


async def test_types_that_ran_elsewhere_only_are_each_listed_by_themselves() -> None:
    workflow = {"types": ["CustomerBackfill", "Repair"], "task_queue": "backfill"}
    world = FakeWorld(config({"voice-prod": ("hilton",)}, workflow=workflow))
    engine = world.engines["voice-prod"]
    engine.workers["backfill"] = engine.activity_workers["backfill"] = 1
    for number in range(30):
        engine.add(execution(run=str(number)))
    engine.add(execution(workflow_type="Repair", run="repair", started_at=NOW - timedelta(days=9)))

    found = {name(finding): finding for finding in await check(probes(world))}

    assert found["voice-prod Temporal"].level is Level.OK
    assert "recognised: 20 of the last 20 runs" in answer_text(found["voice-prod Temporal"].answer)


async def test_temporal_tells_where_nothing_can_be_started_and_which_sequences_stand_still() -> None:
    world = FakeWorld()
    await world.controls["voice-prod"].begin(spec("hilton"))

    waiting = {name(finding): answer_text(finding.answer) for finding in await check(probes(world))}
    engine = world.engines["voice-prod"]
    engine.workers["backfill-bot"] = engine.activity_workers["backfill-bot"] = 1
    not_followed = {name(finding): answer_text(finding.answer) for finding in await check(probes(world))}
    engine.activity_workers["backfill-bot-followers"] = 1
    driven = {name(finding): answer_text(finding.answer) for finding in await check(probes(world))}

    assert waiting["voice-prod Temporal"] == (
        "Temporal knows of no run in this namespace, so nothing shows whether type CustomerBackfill is right\n"
        "Temporal in memory answers; workers that poll backfill: 0 for workflows, 0 for activities, so nothing"
        " would run there; open sequences: 1, which wait for a bot: none polls backfill-bot;"
        " watching 0 open runs takes about 0 of 100 calls a second"
    )
    assert "wait for a bot: none polls backfill-bot-followers; watching" in not_followed["voice-prod Temporal"]
    assert "; open sequences: 1; watching" in driven["voice-prod Temporal"]


async def test_what_fails_says_what_is_wrong_and_what_to_do() -> None:
    world = FakeWorld(config({"voice-prod": (), "chat-prod": ()}))
    world.engines["voice-prod"].away = Unavailable("Temporal voice-prod", "connection refused")
    world.channel.away = Refused("Slack", "not_in_channel")

    failed = {name(finding): finding for finding in await check(probes(world)) if not finding.is_ok}

    assert set(failed) == {"Slack", "voice-prod Temporal"}
    assert answer_text(failed["voice-prod Temporal"].answer) == "Temporal voice-prod: connection refused"
    assert "[clusters.voice-prod.temporal]" in advice_text(failed["voice-prod Temporal"])
    assert "SLACK_BOT_TOKEN" in advice_text(failed["Slack"])


async def test_a_message_that_was_set_aside_is_a_failure() -> None:
    world = FakeWorld()
    world.outbox.enqueue(OutboxMessage("episode:1", "{}"), NOW)
    await world.outbox.dead_letter("episode:1", 1, "invalid_blocks", NOW)

    failed = [finding for finding in await check(probes(world)) if not finding.is_ok]

    assert [answer_text(finding.answer) for finding in failed] == ["outbox: 1 set aside\nepisode:1: invalid_blocks"]


async def test_what_was_set_aside_days_ago_fails_nothing_any_more() -> None:
    world = FakeWorld()
    world.outbox.enqueue(OutboxMessage("episode:1", "{}"), NOW)
    await world.outbox.dead_letter("episode:1", 1, "invalid_blocks", NOW)
    world.now += LISTED + timedelta(seconds=1)

    assert all(finding.is_ok for finding in await check(probes(world)))


async def test_messages_that_have_waited_for_over_an_hour_are_a_failure_and_the_first_ones_are_named() -> None:
    world = FakeWorld()
    for number in range(25):
        world.outbox.enqueue(OutboxMessage(f"episode:{number}", "{}"), NOW)
    await world.outbox.postpone("episode:0", NOW, "slack: HTTP 503", 0)
    world.now += timedelta(hours=1)
    before = await check(probes(world))
    world.now += timedelta(seconds=1)

    (failed,) = [finding for finding in await check(probes(world)) if not finding.is_ok]

    first, *named, last = answer_text(failed.answer).splitlines()
    assert all(finding.is_ok for finding in before)
    assert (first, last) == ("outbox: 25 waiting for over an hour", "and 5 more")
    assert named == ["episode:0: slack: HTTP 503", *(f"episode:{number}" for number in range(1, 20))]


@on_idle_clock
async def test_what_does_not_answer_is_given_up_on_at_the_limit_and_the_rest_is_told() -> None:
    never = Probe("never", asyncio.Event().wait, Advice.CLOCK)  # type: ignore[arg-type]

    async def answer() -> str:
        return "here"

    silent, other = await check([never, Probe("other", answer, Advice.CLOCK)], timedelta(seconds=10))

    assert silent == Finding("never", Answer(problems=(NoAnswer(10),), advice=Advice.CLOCK))
    assert other.is_ok


async def test_a_mistake_of_ours_fails_its_own_probe_only_and_shows_no_text_that_could_hold_a_secret() -> None:
    async def broken() -> str:
        raise RuntimeError("password=hunter2")

    (finding,) = await check([Probe("broken", broken, Advice.STORE)])

    assert finding.answer.problems == (DefectFound("RuntimeError"),)


async def test_a_store_that_could_not_be_opened_says_why_and_what_to_do() -> None:
    (finding,) = await check([unopened_store_probe(Refused("store", "the file may not be written"))])

    assert (name(finding), finding.is_ok) == ("store", False)
    assert answer_text(finding.answer) == "store: the file may not be written"
    assert all(
        word in advice_text(finding) for word in ("DATABASE_URL", "a server must run", "a file and its folder")
    )


async def test_a_mistake_in_the_file_is_told_once_with_the_clusters_it_concerns() -> None:
    world = FakeWorld(config({"voice-prod": (), "chat-prod": (), "eu-prod": ()}))
    why = "the volume query in [volume] of backfill.toml is of no use: Code 62: Syntax error"
    for cluster in ("voice-prod", "eu-prod"):
        world.warehouses[cluster].problems = (why,)

    (failed,) = [finding for finding in await check(probes(world)) if not finding.is_ok]

    assert name(failed) == "voice-prod, eu-prod ClickHouse"
    assert answer_text(failed.answer) == why
    assert "[clusters." not in advice_text(failed)


async def test_clusters_that_are_away_for_reasons_of_their_own_are_told_apart() -> None:
    world = FakeWorld(config({"voice-prod": (), "chat-prod": ()}))
    for cluster in ("voice-prod", "chat-prod"):
        world.warehouses[cluster].away = Unavailable(f"ClickHouse of {cluster}", "connection refused")

    failed = [name(finding) for finding in await check(probes(world)) if not finding.is_ok]

    assert failed == ["voice-prod ClickHouse", "chat-prod ClickHouse"]


async def test_what_a_warehouse_cannot_tell_stands_beside_its_answer() -> None:
    world = FakeWorld()
    world.warehouses["voice-prod"].warnings = ("duplicates in scores cannot be told",)

    shown = {name(finding): answer_text(finding.answer) for finding in await check(probes(world))}

    assert shown["voice-prod ClickHouse"] == "duplicates in scores cannot be told\nClickHouse in memory answers"


async def test_a_key_that_has_no_effect_any_more_is_a_warning_and_there_is_no_line_without_one() -> None:
    old = config({"voice-prod": ("hilton",)}, watch={"describes_a_pass": 200})
    (finding,) = await check(config_probes(old))

    assert (finding.probe, finding.level) == ("configuration", Level.WARNING)
    assert "watch.describes_a_pass" in answer_text(finding.answer)
    assert config_probes(config({"voice-prod": ("hilton",)})) == ()


async def test_a_name_that_is_a_reserved_word_is_a_warning() -> None:
    (finding,) = await check(config_probes(config({"like": ("hilton", "All", "all-stars")})))

    assert (finding.probe, finding.level) == ("configuration", Level.WARNING)
    assert [line.split(" is ")[0] for line in answer_text(finding.answer).splitlines()] == ["like", "All"]


async def test_the_calls_that_watching_takes_are_estimated_from_some_runs() -> None:
    world = FakeWorld(config({"voice-prod": ("hilton",)}, watch={"slow_round": "10s"}))
    for number in range(990):
        world.engines["voice-prod"].add(execution(f"customer-{number}"))
    shown = {name(finding): answer_text(finding.answer) for finding in await check(probes(world))}

    assert "watching 990 open runs takes about 99 of 100 calls a second: alerts" in shown["voice-prod Temporal"]
    assert len(world.engines["voice-prod"].described) <= SAMPLE


async def test_what_is_below_the_runs_is_part_of_the_estimate() -> None:
    world = FakeWorld(config({"voice-prod": ("hilton",)}, watch={"slow_round": "10s"}))
    for number in range(30):
        parent = execution(f"customer-{number}")
        refs = [Ref("voice-prod", f"copy-{number}-{n}", "r") for n in (1, 2)]
        children = tuple(PendingChild(ref, "CopyDay", ClosePolicy.TERMINATE) for ref in refs)
        world.engines["voice-prod"].put(description(of=parent, children=children))
        for child in children:
            world.engines["voice-prod"].add(execution(ref=child.ref, workflow_type="CopyDay"))
    shown = {name(finding): answer_text(finding.answer) for finding in await check(probes(world))}

    estimate = "watching 30 open runs and about 60 workflows below takes about 9 of 100 calls a second"
    assert estimate in shown["voice-prod Temporal"]
