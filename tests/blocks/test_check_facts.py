"""Each finding of the check in words; test_check_facts_of_runs.py has those about recent runs."""

from datetime import date
from typing import get_args

import pytest

from bot.blocks.check_facts import text
from bot.fleet.diagnostics.bot_facts import BotAtWork, BotsAtWork, BotsFact, EarlierBotLeads, NobodyWatches
from bot.fleet.diagnostics.contents_facts import (
    ChecksumsAgree,
    ChecksumsNeverAgreed,
    ContentsFact,
    RowsAgree,
    RowsDisagree,
    RowsUnproven,
)
from bot.fleet.diagnostics.facts import (
    AnyFact,
    BeforeProof,
    BotFact,
    CallsNeeded,
    DefectFound,
    Fact,
    Forbidden,
    GroupLacks,
    KeyWithoutEffect,
    Lack,
    MoreLacking,
    NameReserved,
    NoAnswer,
    NobodyMay,
    NobodyNamed,
    NobodyNamedFor,
    NoInstructions,
    NoneOfMembers,
    NothingStuck,
    OpenSequences,
    OperatorLacks,
    OperatorsFact,
    OperatorsUnknown,
    Polled,
    PollersLack,
    RunsElsewhere,
    StuckMessages,
    SystemSays,
    Unreadable,
    WhoMay,
    WorkersFact,
)

FACTS: list[tuple[Fact, str]] = [
    (Polled("backfill", 2, 3), "workers that poll backfill: 2 for workflows, 3 for activities"),
    (
        Polled("backfill", 0, 3, is_useless=True),
        "workers that poll backfill: 0 for workflows, 3 for activities, so nothing would run there",
    ),
    (PollersLack("backfill", 0, 0, ()), "no worker polls task queue backfill: the bot starts nothing there"),
    (
        PollersLack("backfill", 2, 0, ()),
        "no worker polls task queue backfill for activities: they wait, unless they have a task queue of their own",
    ),
    (
        PollersLack("backfill", 0, 3, ("v2",)),
        "no worker polls task queue backfill for workflows (3 for activities): the bot starts nothing there;"
        " the last runs were on v2",
    ),
    (RunsElsewhere("backfill", ("v2",)), "no recent run was on task queue backfill: the last runs were on v2"),
    (OpenSequences(1), "open sequences: 1"),
    (
        NoInstructions(),
        "workflow updates are switched off, or the server is too old for them: a sequence can be cancelled and"
        " terminated, and not be paused, resumed, or told to skip or rerun days",
    ),
    (OpenSequences(1, "backfill-bot"), "open sequences: 1, which wait for a bot: none polls backfill-bot"),
    (CallsNeeded(1, 1, 100), "watching 1 open run takes about 1 of 100 calls a second"),
    (
        CallsNeeded(1, 2, 100, below=40),
        "watching 1 open run and about 40 workflows below takes about 2 of 100 calls a second",
    ),
    (
        CallsNeeded(4_000, 163, 100, 1.72),
        "watching 4,000 open runs takes about 163 of 100 calls a second: alerts come late, and a round over all runs"
        " takes about 1.7 times as long as it should. Raise calls_per_second if Temporal allows it, or slow_round",
    ),
    (KeyWithoutEffect("watch.old has no effect any more."), "watch.old has no effect any more."),
    (NameReserved("all"), "all is a reserved word: in commands its name goes in double quotes"),
    (SystemSays("SQLite, 3 migrations"), "SQLite, 3 migrations"),
    (NoAnswer(10), "no answer within 10 s"),
    (DefectFound("RuntimeError"), "unexpected RuntimeError; the log has the details"),
    (
        StuckMessages((("episode:1", "invalid_blocks"), ("digest", "")), (("episode:2", "no answer"),)),
        "outbox: 2 set aside\nepisode:1: invalid_blocks\ndigest\n1 waiting for over an hour\nepisode:2: no answer",
    ),
    (NothingStuck(), "nothing is set aside, nothing waits for long"),
    (BeforeProof(12, 0, 0), "it is kept how 12 completed runs ended"),
    (
        BeforeProof(12, 5, 2),
        "7 of 12 completed runs were recorded before proof was kept, and count as complete; 2 of them are being read"
        " again. verify all proves their days",
    ),
    (
        ChecksumsNeverAgreed(("scores", "calls")),
        "checksums of scores and calls never agreed: check both expressions, or verify days that are right",
    ),
    (ChecksumsAgree(("scores",)), "checksums of scores have agreed"),
    (
        BotsAtWork((BotAtWork("bot-1", True, ("alpha", "beta")), BotAtWork("bot-2", False, ()))),
        "bot-1 leads and watches alpha and beta\nbot-2 watches no cluster",
    ),
    (BotsAtWork(), "none is alive: no bot has begun, or all have stopped"),
    (EarlierBotLeads("bot-1"), "bot-1, of an earlier version, does everything: the others wait until it stops"),
    (
        NobodyWatches(("alpha", "beta")),
        "no bot watches alpha and beta: within 30 s one does, if it is configured with them",
    ),
    (RowsAgree(("scores",)), "expected_rows of scores returns the rows that expected counts"),
    (
        RowsDisagree("scores", "hilton", date(2026, 1, 7), 1_122, 1_123),
        "expected_rows of scores returns 1,122 rows of hilton on 2026-01-07, expected counts 1,123:"
        " both have to be about the same rows",
    ),
    (
        RowsDisagree("scores", "hilton", date(2026, 1, 7), 9, 9),
        "expected_rows of scores returns 9 rows of hilton on 2026-01-07, expected counts 9, and their checksums"
        " differ: both have to be about the same rows",
    ),
    (
        RowsUnproven("scores", "hilton", ""),
        "expected_rows of scores is not compared with expected: the source has no rows of hilton",
    ),
    (
        RowsUnproven("scores", "hilton", "no answer within 8 s"),
        "expected_rows of scores is not compared with expected: no answer within 8 s",
    ),
    (OperatorLacks("U1", Lack.NO_SUCH_USER), "operator U1: Slack knows no such user"),
    (OperatorLacks("U1", Lack.DEACTIVATED), "operator U1: deactivated"),
    (OperatorLacks("U1", Lack.BOT), "operator U1: a bot"),
    (OperatorLacks("U1", Lack.GUEST), "operator U1: a guest, who may look at most"),
    (OperatorLacks("U1", Forbidden("Only members may.")), "operator U1: Only members may."),
    (GroupLacks("S1", Lack.NO_SUCH_GROUP), "user group S1: Slack knows no such user group, or it is disabled"),
    (GroupLacks("S1", Lack.NO_MEMBERS), "user group S1: it has no members"),
    (
        GroupLacks("S1", Unreadable("plan_upgrade_required")),
        "user group S1: it cannot be read (plan_upgrade_required)",
    ),
    (
        GroupLacks("S1", NoneOfMembers(2, (Lack.DEACTIVATED, Lack.GUEST))),
        "user group S1: none of the 2 members looked at may change anything:"
        " deactivated, a guest, who may look at most",
    ),
    (MoreLacking(30), "and 30 more"),
    (NobodyNamed(), "nobody may change anything: no operators and no operator_groups are named"),
    (
        NobodyNamedFor(("voice-prod", "chat-prod")),
        "nobody may change anything on voice-prod, chat-prod: operators are named for other clusters only",
    ),
    (NobodyMay(), "nobody may change anything: none of those named can"),
    (WhoMay(2, 1), "who may change things: 2 by id, 1 user groups"),
    (OperatorsUnknown("slack: no connection"), "not known: slack: no connection"),
]


@pytest.mark.parametrize(("fact", "line"), FACTS)
def test_each_finding_is_told(fact: Fact, line: str) -> None:
    assert text(fact) == line


UNIONS = (BotsFact, WorkersFact, BotFact, ContentsFact, OperatorsFact, AnyFact)


def test_every_kind_of_finding_is_among_them() -> None:
    kinds = {kind for union in UNIONS for kind in get_args(union)}

    assert {type(fact) for fact, _ in FACTS} == kinds


def test_very_many_messages_are_counted() -> None:
    many = tuple((f"episode:{number}", "") for number in range(50))

    assert text(StuckMessages(many, ())).splitlines()[-1] == "and 30 more"
