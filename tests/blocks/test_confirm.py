"""What all confirmations share, and the outcome shown afterwards."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.blocks import confirm
from bot.blocks.confirm import EarlierAttempt
from bot.commands import Cancel, ControlRequest, Pause, Resume, Retry, Run, Split, Terminate
from bot.confirmation import CONFIRM, Confirmation, InputId
from bot.errors import BackfillBotError, Conflict, NotAllowed, Refused, Unavailable, UsageError
from bot.fleet.name_lookup import Target
from bot.fleet.proposals.problems import SystemRefused
from bot.fleet.proposals.proposal import Act, Changed, Done, ExecutedProposal, Proposal
from bot.fleet.proposals.warnings import ResizesWhatIsToCome, VolumesUnknown
from bot.model import Order
from tests.blocks import proposals
from tests.blocks.gate import shown_by_slack, taken_by_slack, texts
from tests.blocks.proposals import NAMES, NASTY, begin, full_range, instruct, plan, proposal, whole
from tests.fleet.builders import window

LINK = "https://slack.test/archives/C1/p1"


def every_act(customer: str = "hilton") -> list[Act]:
    one_window = {"window": window(1, 6)}
    instructions = [instruct(order, customer, days=2, **one_window) for order in Order]
    return [begin(full_range(customer), customer=customer), *instructions, proposals.terminate(customer)]


def of_hilton() -> Proposal:
    return proposal(Split(target="hilton", days=3), begin(full_range()), plan=plan())


def everybody(number: int = 95) -> Proposal:
    names = [f"customer-{n} {NASTY}" for n in range(number)]
    return proposal(Pause(target="voice-prod"), *(instruct(Order.PAUSE, name) for name in names), customer="")


ASKED = [Run, Split, Pause, Resume, Retry, Cancel, Terminate]


@pytest.mark.parametrize("command", ASKED)
def test_the_button_is_the_verb_and_back_does_nothing(command: type[ControlRequest]) -> None:
    view = shown_by_slack(confirm.ask(proposal(command(target="hilton"), proposals.terminate()), None))

    assert (view.title, view.submit, view.close) == (command.__name__, command.__name__, "Back")


def test_a_reason_is_required_and_kept_short() -> None:
    reason = confirm.ask(of_hilton()).blocks[-1]

    assert reason["block_id"] == reason["element"]["action_id"] == InputId.REASON
    assert (reason["element"]["multiline"], reason["element"]["max_length"]) == (False, 500)
    assert not reason.get("optional", False)
    assert reason["element"]["placeholder"]["text"].startswith("e.g. ")


def test_a_modal_remembers_the_command_with_its_one_meaning_and_the_digest() -> None:
    view = confirm.ask(of_hilton())

    assert view.purpose == CONFIRM
    assert Confirmation.model_validate_json(view.memory) == Confirmation(
        command=Split(target="voice-prod/hilton", days=3), shown=of_hilton().digest
    )


def test_a_modal_that_asks_anew_says_first_why_and_keeps_the_reason() -> None:
    earlier = confirm.after_change(Changed(of_hilton(), "old"), "it <times> out & hangs")
    view = shown_by_slack(confirm.ask(of_hilton(), earlier))

    assert texts(view)[0] == f"*{earlier.notice}*"
    assert earlier.notice.startswith("Nothing was done: the world has changed")
    assert view.blocks[-1]["element"]["initial_value"] == "it <times> out & hangs"
    assert "initial_value" not in confirm.ask(of_hilton()).blocks[-1]["element"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("command", ASKED)
def test_any_name_is_shown_literally_and_pings_nobody(command: type[ControlRequest], name: str) -> None:
    known = plan(customer=name)
    proposed = proposal(
        command(target="x"), *every_act(name), customer=name, warnings=(ResizesWhatIsToCome(name),), plan=known
    )

    drawn = shown_by_slack(confirm.ask(proposed, EarlierAttempt(name, name)))
    mrkdwn = json.dumps([block for block in drawn.blocks if block["type"] != "input"], ensure_ascii=False)

    assert "<!" not in mrkdwn.replace("<!date^", "")
    assert "<@U1>" not in mrkdwn
    assert drawn.blocks[-1]["block_id"] == InputId.REASON


def test_95_customers_with_the_nastiest_names_fit_and_those_left_out_are_counted() -> None:
    view = shown_by_slack(confirm.ask(everybody()))
    shown = "\n".join(texts(view))

    listed = shown.count("pause the sequence; ")
    assert "95 customers on voice-prod: about to pause 95 sequences." in shown
    assert 10 < listed < 95
    assert f"and {95 - listed} more lines" in shown


def test_95_customers_with_ordinary_names_are_all_listed() -> None:
    acts = [instruct(Order.PAUSE, f"c{n}") for n in range(95)]

    shown = "\n".join(texts(shown_by_slack(confirm.ask(proposal(Pause(target="voice-prod"), *acts, customer="")))))

    assert shown.count("pause the sequence; ") == 95


def test_a_hundred_warnings_leave_room_for_the_reason() -> None:
    warned = proposal(
        Split(target="hilton"), *every_act(), warnings=(ResizesWhatIsToCome(NASTY * 20),) * 100, plan=plan(days=1)
    )

    view = shown_by_slack(confirm.ask(warned, EarlierAttempt(NASTY * 50, NASTY)))

    assert view.blocks[-1]["block_id"] == InputId.REASON
    assert "more warnings" in str(view.blocks)


@settings(max_examples=60, deadline=None)
@given(name=st.text(min_size=1, max_size=400).filter(str.strip), notice=st.text(max_size=300))
def test_no_name_makes_a_modal_that_slack_refuses(name: str, notice: str) -> None:
    proposed = proposal(Terminate(target="x"), *every_act(name), customer=name, warnings=(VolumesUnknown(notice),))

    shown_by_slack(confirm.ask(proposed, EarlierAttempt(notice, name) if notice else None))
    shown_by_slack(
        confirm.done(
            ExecutedProposal(proposed, tuple(Done(act, SystemRefused(notice)) for act in proposed.acts), LINK)
        )
    )


def test_while_it_looks_and_works_a_modal_asks_for_nothing() -> None:
    for view in (confirm.loading("split"), confirm.working("split"), confirm.already_submitted("split")):
        assert shown_by_slack(view).submit == ""
    assert "You may close this" in str(confirm.working("split").blocks)


def test_what_was_started_is_told_with_the_way_to_its_thread() -> None:
    result = ExecutedProposal(of_hilton(), (Done(of_hilton().acts[0]),), LINK)

    assert texts(shown_by_slack(confirm.done(result))) == [
        "*Split: under way for hilton on voice-prod.*",
        f"<{LINK}|The thread> tells how it goes on.\n"
        "*hilton*: 1 old workflow is being cancelled, then 11 windows of 5 days run.",
    ]


def test_a_thread_that_does_not_stand_yet_is_told_without_a_link() -> None:
    result = ExecutedProposal(of_hilton(), (Done(of_hilton().acts[0]),))

    assert taken_by_slack(confirm.outcome_message(result)).text.endswith(
        "\nA thread in the team channel tells how it goes on."
    )


def test_of_several_customers_no_thread_is_taken_for_that_of_all() -> None:
    proposed = proposal(Pause(target="voice-prod"), *(instruct(Order.PAUSE, name) for name in "ab"), customer="")
    text = taken_by_slack(
        confirm.outcome_message(ExecutedProposal(proposed, tuple(map(Done, proposed.acts)), LINK))
    ).text

    assert LINK not in text
    assert text.endswith("\nEach customer's thread in the team channel tells how it goes on.")


def test_what_was_just_started_is_under_way_and_not_done() -> None:
    proposed = proposal(Run(target="hilton", whole=True), whole())

    first = taken_by_slack(
        confirm.outcome_message(ExecutedProposal(proposed, (Done(proposed.acts[0]),)))
    ).text.splitlines()[0]

    assert first == "Run: under way for hilton on voice-prod."


def test_whoever_closed_the_modal_hears_the_same() -> None:
    result = ExecutedProposal(of_hilton(), (Done(of_hilton().acts[0]),), LINK)

    assert taken_by_slack(confirm.outcome_message(result)).text == (
        "Split: under way for hilton on voice-prod.\n"
        f"The thread tells how it goes on: {LINK}\n"
        "hilton: 1 old workflow is being cancelled, then 11 windows of 5 days run."
    )


def test_whoever_closed_the_modal_hears_that_the_world_has_changed_and_what_to_type() -> None:
    message = taken_by_slack(confirm.outcome_message(Changed(of_hilton(), "old")))

    assert message.text.startswith("Nothing was done: the world has changed since you looked.")
    assert "Type /backfill split voice-prod/hilton windows 3d to confirm it anew." in message.text


def test_what_to_type_anew_has_the_days_the_options_and_the_campaign() -> None:
    skipped = replace(of_hilton(), command=Cancel(target="hilton", range=window(1, 6), campaign="march"))
    message = taken_by_slack(confirm.outcome_message(Changed(skipped, "old")))

    typed = "/backfill cancel voice-prod/hilton 2026-01-01..2026-01-06 in march"
    assert f"Type {typed} to confirm it anew." in message.text


def test_what_to_type_anew_has_the_name_in_quotes_where_it_needs_them() -> None:
    spaced = replace(of_hilton(), target=Target("voice-prod", "acme corp"))

    text = confirm.outcome_message(Changed(spaced, "old")).text
    assert 'split "voice-prod/acme corp" windows 3d to confirm' in text


@pytest.mark.parametrize(
    ("problems", "first"),
    [
        (("", ""), "Pause: done for voice-prod."),
        (("Temporal did not answer", ""), "1 of 2 done for voice-prod, 1 not done."),
        (("Temporal did not answer", "It is over"), "Pause: not done for voice-prod."),
    ],
)
def test_partial_failure_is_told_act_by_act_what_failed_first(problems: tuple[str, str], first: str) -> None:
    proposed = proposal(Pause(target="voice-prod"), *(instruct(Order.PAUSE, name) for name in "ab"), customer="")
    done = tuple(
        Done(act, SystemRefused(problem) if problem else None)
        for act, problem in zip(proposed.acts, reversed(problems), strict=True)
    )

    lines = taken_by_slack(confirm.outcome_message(ExecutedProposal(proposed, done))).text.splitlines()

    act_lines = [line for line in lines if line.startswith(("a: ", "b: "))]
    assert lines[0] == first
    assert ["Not done: " in line for line in act_lines] == sorted(map(bool, problems), reverse=True)


@pytest.mark.parametrize("act", every_act(), ids=lambda act: str(act.identity[:3]))
def test_every_act_has_words_before_and_after(act: Act) -> None:
    proposed = proposal(Split(target="hilton"), act)
    executed = ExecutedProposal(proposed, (Done(act),), LINK)
    after = taken_by_slack(confirm.outcome_message(executed)).text.splitlines()[2]

    assert "do nothing" not in texts(confirm.ask(proposed))[0]
    assert after.startswith("hilton: ")
    assert after.endswith(".")


@pytest.mark.parametrize(
    "error",
    [
        UsageError("There is no customer hillton.", "Did you mean hilton?"),
        NotAllowed("Only operators may split: Olivia."),
        Unavailable("Temporal of voice-prod", "no answer within 3 s"),
        Refused("Temporal of voice-prod", NASTY),
        Conflict("Temporal of voice-prod", "a sequence of hilton runs already"),
    ],
)
def test_a_problem_is_told_in_words(error: BackfillBotError) -> None:
    view = shown_by_slack(confirm.problem(error))

    assert view.submit == ""
    assert "<!channel>" not in str(view.blocks)
