"""The report of findings: one line each, without secrets."""

from bot.blocks.check_report import answer_text, name, report
from bot.fleet.diagnostics.facts import NoAnswer, SystemSays
from bot.fleet.diagnostics.findings import Advice, Answer, Finding


def system_says(text: str) -> tuple[SystemSays]:
    return (SystemSays(text),)


OK = Finding("store", Answer(system_says("SQLite, 3 migrations")))
FAILED = Finding(
    "Temporal", Answer(problems=system_says("Temporal: refused"), advice=Advice.TEMPORAL), ("voice-prod",)
)
ODD = Finding("operators", Answer(warnings=system_says("1 of 2 does not exist")))
UNASKED = Finding("runs", Answer(system_says("not asked"), is_known=False), ("voice-prod",))


def test_each_finding_has_a_line_and_advice_is_below_what_failed() -> None:
    assert report([OK, FAILED]).splitlines() == [
        "ok    store                SQLite, 3 migrations",
        "FAIL  voice-prod Temporal  Temporal: refused",
        "                           See [clusters.voice-prod.temporal] in the configuration.",
        "1 of 2 checks failed.",
    ]


def test_all_well_is_said_in_one_line() -> None:
    assert report([OK]).splitlines()[-1] == "All 1 checks are ok."


def test_what_only_looks_odd_and_what_could_not_be_asked_are_words_of_their_own() -> None:
    assert report([OK, ODD, UNASKED]).splitlines() == [
        "ok    store            SQLite, 3 migrations",
        "warn  operators        1 of 2 does not exist",
        "skip  voice-prod runs  not asked",
        "None of 3 checks failed, 1 with a warning, 1 not made.",
    ]


def test_the_sum_counts_failures_first() -> None:
    assert report([OK, FAILED, ODD]).splitlines()[-1] == "1 of 3 checks failed, 1 with a warning."


def test_an_answer_tells_the_worst_first() -> None:
    answer = Answer(
        system_says("2 operators"), problems=system_says("nobody may"), warnings=system_says("1 is a guest")
    )

    assert answer_text(answer) == "nobody may\n1 is a guest\n2 operators"


def test_a_joined_finding_names_some_clusters_and_counts_the_rest() -> None:
    joined = Finding("ClickHouse", Answer(problems=(NoAnswer(10),)), tuple("abcdefg"))

    assert name(joined) == "a, b, c, d, e and 2 more ClickHouse"
    assert "a, b, c, d, e and 2 more ClickHouse  no answer within 10 s" in report([joined])


def test_tokens_and_passwords_in_urls_are_hidden() -> None:
    text = "xoxb-1234-abc and xapp-1-A0-x at https://bot:hunter2@clickhouse:8443/?a=b failed"

    shown = report([Finding("Slack", Answer(problems=system_says(text)))])

    assert "(hidden) and (hidden) at https://(hidden)@clickhouse:8443/?a=b failed" in shown


def test_an_empty_answer_still_has_its_line() -> None:
    assert report([Finding("store", Answer())]).splitlines()[0] == "ok    store"


def test_what_others_have_named_commands_no_terminal() -> None:
    shown = report([Finding("Temporal", Answer(system_says("run \x1b[2J\x07\ud800 é")), ("alpha",))])

    assert shown.splitlines()[0] == "ok    alpha Temporal  run \ufffd[2J\ufffd\ufffd é"
