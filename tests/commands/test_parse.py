"""Every command is read, and other text is answered with the nearest right form."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.commands import SLASH, Ack, Audit, Breakdown, Digest, Help, Plan, Request, Snooze, Status, Struggling, Verify
from bot.errors import UsageError
from bot.model import Window
from handlers.routes import COMMANDS, command_in

TODAY = date(2026, 2, 22)
JANUARY = Window(date(2026, 1, 1), date(2026, 2, 1))


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("", Help()),
        (" \u00a0 ", Help()),
        ("HELP", Help()),
        ("help Verify", Help(topic="verify")),
        ("Status", Status()),
        ("status Hilton", Status(target="Hilton")),
        ("status 2026-01-01..2026-02-01", Status(range=JANUARY)),
        ("status voice-prod/hilton 2026-01-01..2026-02-01", Status(target="voice-prod/hilton", range=JANUARY)),
        ("struggling", Struggling()),
        ("verify all", Verify(target="all")),
        ("verify hilton by day", Verify(target="hilton", by=Breakdown.DAY)),
        ('verify "by" By WINDOW', Verify(target="by", by=Breakdown.WINDOW)),
        ("verify hilton by day 2026-01-01..2026-02-01", Verify(target="hilton", range=JANUARY, by=Breakdown.DAY)),
        ("verify hilton 2026-01-01 2026-02-01 by day", Verify(target="hilton", range=JANUARY, by=Breakdown.DAY)),
        ("plan hilton", Plan(target="hilton")),
        ("plan hilton windows 5d", Plan(target="hilton", days=5)),
        ("PLAN Hilton WINDOWS 05D 2026-01-01..2026-02-01", Plan(target="Hilton", range=JANUARY, days=5)),
        ("plan hilton 2026-01-01..2026-02-01 windows 400", Plan(target="hilton", range=JANUARY, days=400)),
        ("plan “windows” windows 1d", Plan(target="windows", days=1)),
        ("ack voice-prod/hilton", Ack(target="voice-prod/hilton")),
        ("snooze hilton", Snooze(target="hilton")),
        ("snooze hilton 1h30m", Snooze(target="hilton", span=timedelta(minutes=90))),
        ("snooze hilton 2 h", Snooze(target="hilton", span=timedelta(hours=2))),
        ('ack "2026-01-01"', Ack(target="2026-01-01")),
        ("digest", Digest()),
        ("audit", Audit()),
        ("Audit Voice-Prod/hilton", Audit(target="Voice-Prod/hilton")),
    ],
)
def test_a_command_is_read(typed: str, command: Request) -> None:
    assert command_in(typed, TODAY) == command


@pytest.mark.parametrize(
    ("typed", "problem", "hint"),
    [
        ("stauts", "no command “stauts”", "Did you mean /backfill status?"),
        ("hilton", "no command “hilton”", "/backfill help tells more"),
        ("help me", "no command “me”", ""),
        ("help verfy", "no command “verfy”", "Did you mean /backfill help verify?"),
        ("status voice-prod hilton", "“hilton”", "/backfill status [cluster|customer] [start..end]"),
        ("struggling hilton", "“hilton”", "/backfill struggling"),
        ("verify", "verify needs a customer, a cluster, or all", "/backfill verify <customer|cluster|all>"),
        ("verify 2026-01-01..2026-01-05", "verify needs a customer, a cluster, or all", ""),
        ("verify hilton by", "by what?", "by day or by window"),
        ("verify hilton by week", "“week”", "by day or by window"),
        ("verify hilton by summary", "“summary”", "by day or by window"),
        ("plan", "plan needs a customer", "/backfill plan <customer> [start..end] [windows Nd]"),
        ("plan 2026-01-01..2026-01-05", "plan needs a customer", ""),
        ("plan hilton vivint", "“vivint”", "/backfill plan <customer>"),
        ("plan hilton windows", "windows of how many days?", "type windows 5d"),
        ("plan hilton windows 0d", "at least 1 day", "windows 1d"),
        ("plan hilton windows -5d", "“-5d” is not a number of days", "type windows 5d"),
        ("plan hilton windows 12h", "“12h” is not a number of days", ""),
        ("plan hilton windows 1.5d", "“1.5d” is not a number of days", ""),
        ("plan hilton windows " + "9" * 300, "is not a number of days", ""),
        ("plan hilton windows ٣d", "is not a number of days", ""),
        ("plan hilton 5d", "“5d”", "[windows Nd]"),
        ("ack", "ack needs the customer", "/backfill ack <customer|cluster>"),
        ("ack hilton vivint", "“vivint”", "/backfill ack <customer|cluster>"),
        ("snooze", "snooze needs the customer", ""),
        ("plan windows windows 1d", "“windows” is there 2 times", "double quotes"),
        ("snooze hilton tomorrow", "“tomorrow” is not a duration", "/backfill snooze <customer|cluster>"),
        ("snooze hilton 0h", "is not a duration", ""),
        ("snooze hilton 1e9d", "is not a duration", ""),
        ("snooze hilton 0.0000001s", "is not a duration", ""),
        ("campaign extend march 9999-12-31", "is too far ahead", "9999-12-30"),
        ("snooze hilton " + "9" * 400 + "d", "is not a duration", ""),
        ("snooze hilton 31d", "at most 30 days", "lasts until the alert changes"),
        ("digest now", "“now”", "/backfill digest"),
        ("audit hilton vivint", "“vivint”", "/backfill audit [customer|cluster]"),
    ],
)
def test_a_wrong_command_is_answered_with_the_right_form(typed: str, problem: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        command_in(typed, TODAY)

    assert problem in refused.value.problem
    assert hint in refused.value.hint


@pytest.mark.parametrize("typed", ["digest now", "struggling hilton"])
def test_a_command_that_takes_nothing_is_not_its_own_example(typed: str) -> None:
    with pytest.raises(UsageError) as refused:
        command_in(typed, TODAY)

    assert refused.value.hint == f"Type /backfill {typed.split(maxsplit=1)[0]}."


@pytest.mark.parametrize("typed", ["status big one", "verify Big One", "ack big one", "audit big one"])
def test_a_name_typed_in_two_words_is_answered_with_how_to_keep_it_together(typed: str) -> None:
    with pytest.raises(UsageError) as refused:
        command_in(typed, TODAY)

    assert refused.value.hint.endswith("A name with spaces goes in double quotes.")


def test_a_name_in_a_hint_is_quoted_as_it_has_to_be_typed() -> None:
    with pytest.raises(UsageError) as refused:
        command_in('snooze "big one" 99d', TODAY)

    assert refused.value.hint.startswith('/backfill snooze "big one", without a duration')


@pytest.mark.parametrize(
    ("command", "typed"), [(command, typed) for command in COMMANDS for typed in command.examples]
)
def test_every_example_in_the_help_works(command: type[Request], typed: str) -> None:
    assert type(command_in(typed, TODAY)) is command


PIECES = st.sampled_from(
    [
        *(command.word() for command in COMMANDS),
        *(
            "hilton",
            "by",
            "day",
            "windows",
            "whole",
            "missing",
            "failed",
            "all",
            "5d",
            "to",
            "..",
            "…",
            "→",
            '"',
            "“",
            "<!channel>",
            "<#C1|",
            "&lt;",
            "&amp;",
            "*",
            "`",
        ),
        *("2026-01-01", "2026-02-30", "2026-01-01..2026-02-01", "0000-00-00", "9999-12-31", "99999999d", "2h"),
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=8).map(" ".join))


@given(TEXTS)
@example("snooze hilton 9" + "9" * 300 + "d")
@example("\ud800")
@example("x" * 4_000)
def test_any_text_is_a_command_or_a_usage_error_that_repeats_little_of_it(text: str) -> None:
    try:
        command = command_in(text, TODAY)
    except UsageError as exc:
        refused = exc
    else:
        assert type(command) in COMMANDS
        return

    assert refused.problem
    assert len(str(refused).encode()) < 600


def test_a_command_survives_as_json() -> None:
    command = command_in("verify hilton 2026-01-01..2026-02-01 by day", TODAY)

    assert type(command).model_validate_json(command.model_dump_json()) == command


def test_a_command_refuses_fields_it_does_not_have() -> None:
    with pytest.raises(ValidationError):
        Status.model_validate({"target": "hilton", "force": True})


def test_a_command_about_an_alert_says_which() -> None:
    with pytest.raises(ValidationError, match="neither a customer nor an episode"):
        Ack()


def test_the_help_lines_are_short_and_the_forms_begin_with_the_command() -> None:
    for command in COMMANDS:
        assert 10 < len(command.does()) < 110
        assert all(form.split()[0] == command.word() for form in command.forms + command.examples)
        assert SLASH not in "".join(command.forms + command.examples)


SUBJECT = "voice-prod/hilton"


@pytest.mark.parametrize(
    ("in_thread", "meant"),
    [
        ("status", 'status "voice-prod/hilton"'),
        ("status vivint", "status vivint"),
        ("audit", 'audit "voice-prod/hilton"'),
        ("verify by day", 'verify "voice-prod/hilton" by day'),
        ("plan windows 3d", 'plan "voice-prod/hilton" windows 3d'),
        ("split", 'split "voice-prod/hilton"'),
        ("split windows 3d", 'split "voice-prod/hilton" windows 3d'),
        ("split vivint spirit", "split vivint spirit"),
        ("split struggling", "split struggling"),
        ("retry 2026-01-01..2026-01-05", 'retry "voice-prod/hilton" 2026-01-01..2026-01-05'),
        ("run all", "run all"),
        ("snooze", 'snooze "voice-prod/hilton"'),
        ("cancel", 'cancel "voice-prod/hilton"'),
        ("struggling", "struggling"),
        ("", "help"),
    ],
)
def test_in_the_thread_of_a_customer_it_need_not_be_named(in_thread: str, meant: str) -> None:
    assert command_in(in_thread, TODAY, SUBJECT) == command_in(meant, TODAY)


@pytest.mark.parametrize("typed", ["stauts", "cancel all", "verify hilton nonsense"])
def test_a_thread_makes_no_sense_of_what_has_none(typed: str) -> None:
    with pytest.raises(UsageError) as in_thread:
        command_in(typed, TODAY, SUBJECT)
    with pytest.raises(UsageError) as elsewhere:
        command_in(typed, TODAY)

    assert str(in_thread.value) == str(elsewhere.value)


@pytest.mark.parametrize(
    "text", ["/backfill status hilton", "`/backfill status hilton`", "/Backfill `status hilton`"]
)
def test_a_command_that_was_copied_whole_is_read_without_its_slash(text: str) -> None:
    assert command_in(text, TODAY) == Status(target="hilton")
