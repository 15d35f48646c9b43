"""Commands that change backfills take their options in any order; a wrong one is answered with a right one."""

import re
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from bot.commands import (
    Cancel,
    Control,
    ControlRequest,
    Group,
    Pause,
    Plan,
    Request,
    Resume,
    Retry,
    Run,
    Selection,
    Split,
    Terminate,
    Timeout,
)
from bot.commands.words import typed
from bot.errors import UsageError
from bot.model import Window
from bot.model.queue import QueueOrder
from handlers.routes import COMMANDS, command_in

TODAY = date(2026, 2, 22)
JANUARY = Window(date(2026, 1, 1), date(2026, 2, 1))
CONTROLS: list[type[Request]] = [Plan, *(command for command in COMMANDS if issubclass(command, ControlRequest))]


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("run hilton", Run(target="hilton")),
        ("RUN Voice-Prod/Hilton WINDOWS 5D MISSING", Run(target="Voice-Prod/Hilton", days=5)),
        (
            "run hilton all windows 5 2026-01-01..2026-02-01",
            Run(target="hilton", range=JANUARY, days=5, which=Selection.ALL),
        ),
        ("run windows 5d hilton failed", Run(target="hilton", days=5, which=Selection.FAILED)),
        ("run failed", Run(target="failed")),
        ("run Failed failed", Run(target="Failed", which=Selection.FAILED)),
        ("run whole whole", Run(target="whole", whole=True)),
        ("run hilton failed failed", Run(target="hilton", which=Selection.FAILED)),
        ("run hilton windows 400d", Run(target="hilton", days=400)),
        ("run 2026-01-01 to 2026-02-01 hilton whole", Run(target="hilton", range=JANUARY, whole=True)),
        ('run "all"', Run(target="all")),
        ("run “Whole” whole", Run(target="Whole", whole=True)),
        ('run "windows" all windows 3d', Run(target="windows", days=3, which=Selection.ALL)),
        ('run "2026-01-01..2026-02-01" 2026-01-01..2026-02-01', Run(target=str(JANUARY), range=JANUARY)),
        ('run "missing in action" missing', Run(target="missing in action")),
        ("split hilton", Split(target="hilton")),
        ("split windows 3d voice-prod/hilton", Split(target="voice-prod/hilton", days=3)),
        ('split "windows" windows 3d', Split(target="windows", days=3)),
        ('split "all"', Split(target="all")),
        ('split "struggling"', Split(target="struggling")),
        ("split struggling", Split(target="struggling", group=Group.STRUGGLING)),
        ("split windows 3d Struggling", Split(target="struggling", group=Group.STRUGGLING, days=3)),
        (
            "split struggling Voice-Prod",
            Split(target="struggling Voice-Prod", group=Group.STRUGGLING, cluster="Voice-Prod"),
        ),
        (
            "split hilton chat-prod/verizon windows 3d",
            Split(target="hilton chat-prod/verizon", names=("hilton", "chat-prod/verizon"), days=3),
        ),
        ('split hilton "big one"', Split(target='hilton "big one"', names=("hilton", "big one"))),
        ("split hilton spirit HILTON", Split(target="hilton spirit", names=("hilton", "spirit"))),
        ("split hilton Hilton", Split(target="hilton")),
        ("run hilton spirit failed", Run(target="hilton spirit", names=("hilton", "spirit"), which=Selection.FAILED)),
        ("pause voice-prod", Pause(target="voice-prod")),
        ("resume hilton", Resume(target="hilton")),
        ("retry hilton", Retry(target="hilton")),
        (
            "retry all 2026-01-01..2026-02-01 voice-prod",
            Retry(target="voice-prod", range=JANUARY, which=Selection.ALL),
        ),
        ("cancel hilton", Cancel(target="hilton")),
        ("cancel 2026-01-01 → 2026-02-01 hilton", Cancel(target="hilton", range=JANUARY)),
        ("terminate hilton", Terminate(target="hilton")),
        ("terminate hilton spirit", Terminate(target="hilton spirit", names=("hilton", "spirit"))),
        ("retry hilton spirit", Retry(target="hilton spirit", names=("hilton", "spirit"))),
        ("pause hilton spirit", Pause(target="hilton spirit", names=("hilton", "spirit"))),
        ("resume hilton spirit", Resume(target="hilton spirit", names=("hilton", "spirit"))),
        ("cancel hilton spirit", Cancel(target="hilton spirit", names=("hilton", "spirit"))),
        ('terminate "all"', Terminate(target="all")),
        ("timeout hilton 30m", Timeout(target="hilton", span=timedelta(minutes=30))),
        ("timeout voice-prod/hilton 1h 30m", Timeout(target="voice-prod/hilton", span=timedelta(minutes=90))),
        ("timeout hilton", Timeout(target="hilton")),
    ],
)
def test_a_control_is_read(text: str, command: Request) -> None:
    assert command_in(text, TODAY) == command


@pytest.mark.parametrize(
    ("text", "problem", "hint"),
    [
        ("run", "run needs a customer.", "Type /backfill run <customer …> [start..end]"),
        ("run windows 5d", "run needs a customer.", "goes in double quotes."),
        ("run hilton windows 0d", "A window has at least 1 day.", "windows 1d"),
        ("run hilton windows", "windows of how many days?", "windows 5d"),
        ("run hilton windows -1d", "“-1d” is not a number of days", "windows 5d"),
        ("run hilton windows 5d windows 3d", "“windows” is there 2 times.", "Type it once."),
        ("run hilton 5d", "“5d”", "Did you mean windows 5d?"),
        ("run hilton window 5d", "“window 5d”", "Did you mean windows?"),
        ("run hilton mising", "“mising”", "Did you mean missing?"),
        ("run hilton vivint mising", "“mising”", "Did you mean missing?"),
        ("pause hilton because it failed", "“failed”", "the reason is asked for when you confirm"),
        (
            "run hilton missing failed",
            "“missing” and “failed” are two choices.",
            "Type missing (what is not complete)",
        ),
        ("run hilton all missing all", "“all” and “missing” are two choices.", ""),
        (
            "run hilton whole windows 5d",
            "does not go with “windows 5d”",
            "run hilton whole, or /backfill run hilton windows 5d.",
        ),
        ('run "all" whole failed', "does not go with “failed”", 'run "all" whole, or /backfill run "all" failed.'),
        (
            "run hilton whole missing",
            "does not go with “missing”",
            "run hilton whole, or /backfill run hilton missing.",
        ),
        ("run all hilton", "“all” does not go with “hilton”.", "Type /backfill run hilton all, or put"),
        ('run all windows 3d "big one"', "“all” does not go with “big one”.", 'Type /backfill run "big one" all'),
        ("run failed windows 5d hilton", "“failed” does not go with “hilton”.", "Type /backfill run hilton failed"),
        ("run all whole", "it does not go with all.", "run hilton spirit whole."),
        ("run all windws 3d", "“windws 3d”", "Did you mean windows?"),
        ("run failed hilton mising", "“mising”", "Did you mean missing?"),
        ("run hilton 2026-02-01..2026-01-01", "ends before it starts", "Did you mean 2026-01-01..2026-02-01?"),
        ("run hilton 2026-02-01..2026-03-01", "in the future", ""),
        ("split", "split needs a customer.", "/backfill split <customer …> [windows Nd]"),
        ("split hilton missing", "“missing”", "/backfill split <customer …>"),
        ("split hilton struggling", "“struggling”", "/backfill split <customer …>"),
        ("split struggling voice-prod chat-prod", "“chat-prod”", "/backfill split <customer …>"),
        ("split hilton 2026-01-01..2026-02-01", "“2026-01-01..2026-02-01”", "/backfill split <customer …>"),
        ("split all", "“all” is a reserved word", "goes in double quotes"),
        ("cancel struggling", "“struggling” is a reserved word", "/backfill cancel <customer …|cluster>"),
        ("retry like", "“like” is a reserved word", ""),
        ("ack in", "in which campaign?", ""),
        ("pause", "pause needs a customer or a cluster.", "/backfill pause <customer …|cluster>"),
        ("retry 2026-01-01..2026-02-01", "retry needs a customer or a cluster.", ""),
        ("retry hilton whole", "“whole”", "/backfill retry <customer …|cluster>"),
        ("retry hilton windows 5d", "“windows”", ""),
        ("retry hilton failed all", "“failed” and “all” are two choices.", ""),
        ("cancel hilton missing", "“missing”", "/backfill cancel <customer …|cluster> [start..end]"),
        ("cancel hilton 2026-01-05..2026-01-01", "ends before it starts", ""),
        ("terminate", "terminate needs a customer or a cluster.", "/backfill terminate"),
        ("timeout", "timeout needs a customer.", "/backfill timeout"),
        ("timeout hilton soon", "“soon” is not a duration.", "/backfill timeout"),
        ("timeout hilton 2d", "between 1 s and 1 day", "/backfill timeout"),
        ("terminat hilton", "no command “terminat”", "Did you mean /backfill terminate?"),
        ("stop hilton", "no command “stop”", ""),
    ],
)
def test_a_wrong_control_is_answered_with_the_right_form(text: str, problem: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        command_in(text, TODAY)

    assert problem in refused.value.problem
    assert hint in refused.value.hint


def test_a_modal_does_not_remember_what_cannot_be_typed() -> None:
    for extra in ({"days": 5}, {"which": "failed"}):
        with pytest.raises(ValidationError, match="no windows to choose"):
            Run.model_validate({"target": "hilton", "whole": True, **extra})


CHOICES = re.compile(r"<([^>]*)>|\[([^\]]*)\]")
WORDS = {
    "customer": "hilton",
    "customer …": "hilton spirit",
    "cluster": "voice-prod",
    "start..end": "2026-01-01..2026-01-11",
    "windows Nd": "windows 5d",
    "name": "march",
    "end": "2026-04-08",
    "like other": "like january",
    "…": "1h30m",
}


@st.composite
def as_the_form_says(draw: st.DrawFn, form: str) -> str:
    """A text that the form allows: one choice of each bracket, or none where it is optional."""

    def chosen(brackets: re.Match[str]) -> str:
        needed, optional = brackets.groups()
        choices = (needed or optional).split("|") + ([""] if optional else [])
        word: str = draw(st.sampled_from(choices))
        return WORDS.get(word, word)

    text: str = CHOICES.sub(chosen, form)
    return text


@pytest.mark.parametrize("form", [form for command in CONTROLS for form in command.forms])
@given(data=st.data())
def test_whatever_a_form_allows_is_read_or_is_a_choice_too_many(form: str, data: st.DataObject) -> None:
    text = data.draw(as_the_form_says(form))
    if "whole" in text and {"missing", "failed", "all"} & set(text.split()):
        with pytest.raises(UsageError, match="does not go with"):
            command_in(text, TODAY)
        return
    command = command_in(text, TODAY)

    fields = command.model_dump()
    words = [command.word(), *filter(None, [fields.get("action")]), fields["target"]]
    assert text.startswith(" ".join(words))


Typed = Run | Split | Pause | Resume | Retry | Cancel | Terminate
NAMES = st.one_of(
    st.sampled_from(
        [
            "hilton",
            "voice-prod/hilton",
            "all",
            "struggling",
            "whole",
            "windows",
            "Missing",
            "by",
            "big one",
            "acme-2026-01-01",
        ]
    ),
    st.from_regex(r"[a-zæ][a-zæ0-9/_-]{0,20}[a-zæ]", fullmatch=True),
)
RANGES = st.none() | st.builds(
    lambda start, days: Window(start, min(start + timedelta(days=days), TODAY)),
    st.dates(date(2026, 1, 1), date(2026, 2, 10)),
    st.integers(1, 40),
)
DAYS = st.none() | st.integers(1, 999_999)
TYPED = st.one_of(
    st.builds(Run, target=NAMES, range=RANGES, days=DAYS, which=st.sampled_from(Selection)),
    st.builds(Run, target=NAMES, range=RANGES, whole=st.just(True)),
    st.builds(Split, target=NAMES, days=DAYS),
    st.builds(Retry, target=NAMES, range=RANGES, which=st.sampled_from(Selection)),
    st.builds(Cancel, target=NAMES, range=RANGES),
    *(st.builds(command, target=NAMES) for command in (Pause, Resume, Terminate)),
)


def options(command: Typed) -> list[str]:
    """The words to type after the subcommand."""
    fields = dict(command)
    return [
        typed(command.target),
        *([str(fields["range"])] if fields.get("range") else []),
        *([f"windows {fields['days']}d"] if fields.get("days") else []),
        *(["whole"] if fields.get("whole") else []),
        *([fields["which"]] if fields.get("which", Selection.MISSING) is not Selection.MISSING else []),
    ]


@given(TYPED, st.randoms(use_true_random=False))
def test_a_control_is_read_back_as_it_is_typed_in_any_order(command: Typed, order: Random) -> None:
    words = options(command)
    # After run, the name comes first.
    first = [words.pop(0)] if isinstance(command, Run) else []
    order.shuffle(words)

    assert command_in(f"{command.word()} {' '.join([*first, *words])}", TODAY) == command


@given(TYPED)
def test_a_control_survives_as_json(command: Typed) -> None:
    adapter: TypeAdapter[Control] = TypeAdapter(Control)

    assert adapter.validate_json(adapter.dump_json(command)) == command


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ("run all", QueueOrder.SMALLEST),
        ("run all largest", QueueOrder.LARGEST),
        ("run all by name failed", QueueOrder.NAME),
    ],
)
def test_run_all_is_about_everybody_who_is_not_complete(typed: str, order: QueueOrder) -> None:
    command = command_in(typed, TODAY)

    assert isinstance(command, Run)
    assert (command.group, command.order, command.cluster) == (Group.INCOMPLETE, order, "")


def test_run_all_of_what_is_complete_is_refused() -> None:
    with pytest.raises(UsageError, match="would run completed days again"):
        command_in("run all all", TODAY)


def test_a_customer_that_is_called_all_is_typed_in_quotes() -> None:
    command = command_in('run "all"', TODAY)

    assert isinstance(command, Run)
    assert (command.group, command.target) == (None, "all")


@pytest.mark.parametrize("name", ["allen", "wholefoods", "2026-01-01-corp"])
def test_among_several_names_one_that_resembles_an_option_is_answered_with_how_to_type_it(name: str) -> None:
    with pytest.raises(UsageError) as refused:
        command_in(f"run hilton {name}", TODAY)

    assert "A name that reads like an option or a date goes in double quotes." in refused.value.hint
    assert command_in(f'run hilton "{name}"', TODAY).model_dump()["names"] == ("hilton", name)
