"""Findings become lines a terminal shows, and secrets do not."""

from bot.fleet.checkup import Finding, exit_code, report

OK = Finding("store", is_ok=True, told="SQLite, 3 migrations")
FAILED = Finding("voice-prod Temporal", is_ok=False, told="Temporal: refused", advice="See the address.")


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


def test_tokens_and_passwords_in_urls_are_hidden() -> None:
    told = "xoxb-1234-abc and xapp-1-A0-x at https://bot:hunter2@clickhouse:8443/?a=b failed"

    shown = report([Finding("Slack", is_ok=False, told=told)])

    assert "(hidden) and (hidden) at https://(hidden)@clickhouse:8443/?a=b failed" in shown


def test_an_empty_answer_still_has_its_line() -> None:
    assert report([Finding("store", is_ok=True, told="")]).splitlines()[0] == "ok    store"
