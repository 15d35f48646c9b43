"""The report of findings: one line each, without secrets."""

from bot.fleet.diagnostics.findings import Answer, Finding, Level, exit_code, report

OK = Finding("store", level=Level.OK, text="SQLite, 3 migrations")
FAILED = Finding("voice-prod Temporal", level=Level.FAILED, text="Temporal: refused", advice="See the address.")


def test_each_finding_has_a_line_and_advice_stands_below_what_failed() -> None:
    assert report([OK, FAILED]).splitlines() == [
        "ok    store                SQLite, 3 migrations",
        "FAIL  voice-prod Temporal  Temporal: refused",
        "                           See the address.",
        "1 of 2 checks failed.",
    ]


def test_all_well_is_said_in_one_line() -> None:
    assert report([OK]).splitlines()[-1] == "All 1 checks are ok."
    assert exit_code([OK]) == 0


def test_one_failure_makes_the_exit_code_1() -> None:
    assert exit_code([OK, FAILED]) == 1


ODD = Finding("operators", Level.WARNING, text="1 of 2 does not exist")
UNASKED = Finding("voice-prod runs", Level.UNKNOWN, text="not asked")


def test_what_only_looks_odd_and_what_could_not_be_asked_are_words_of_their_own_and_fail_nothing() -> None:
    assert report([OK, ODD, UNASKED]).splitlines() == [
        "ok    store            SQLite, 3 migrations",
        "warn  operators        1 of 2 does not exist",
        "skip  voice-prod runs  not asked",
        "None of 3 checks failed, 1 with a warning, 1 not made.",
    ]
    assert exit_code([OK, ODD, UNASKED]) == 0


def test_the_sum_counts_failures_first() -> None:
    assert report([OK, FAILED, ODD]).splitlines()[-1] == "1 of 3 checks failed, 1 with a warning."
    assert exit_code([OK, FAILED, ODD]) == 1


def test_an_answer_is_as_bad_as_the_worst_of_it_and_tells_that_first() -> None:
    answer = Answer("2 operators", problems=("nobody may",), warnings=("1 is a guest",))

    assert (answer.level, answer.text) == (Level.FAILED, "nobody may\n1 is a guest\n2 operators")
    assert Answer("2 operators", warnings=("1 is a guest",)).level is Level.WARNING
    assert (Answer("2 operators").level, Answer("why", is_known=False).level) == (Level.OK, Level.UNKNOWN)


def test_tokens_and_passwords_in_urls_are_hidden() -> None:
    told = "xoxb-1234-abc and xapp-1-A0-x at https://bot:hunter2@clickhouse:8443/?a=b failed"

    shown = report([Finding("Slack", level=Level.FAILED, text=told)])

    assert "(hidden) and (hidden) at https://(hidden)@clickhouse:8443/?a=b failed" in shown


def test_an_empty_answer_still_has_its_line() -> None:
    assert report([Finding("store", level=Level.OK, text="")]).splitlines()[0] == "ok    store"


def test_what_others_have_named_commands_no_terminal() -> None:
    shown = report([Finding("alpha Temporal", Level.OK, text="run \x1b[2J\x07\ud800 é")])

    assert shown.splitlines()[0] == "ok    alpha Temporal  run \ufffd[2J\ufffd\ufffd é"
