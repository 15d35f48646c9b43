"""The interviews of init: a person at a terminal, and the flags of the command line."""

import io
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.blocks import init_questions
from bot.errors import ConfigError
from bot.fleet.onboarding.facts import SystemAway
from bot.fleet.onboarding.questions import Question, Topic
from bot.interviews import FlagInterview, TerminalInterview, check_flags
from bot.usecases.init.interview import Interview, ask, ask_yes

ROOT = Path(__file__).parent.parent
END = Question(Topic.END, "included", ("included", "excluded"), about="Fill", example="2026-01-01 to 2026-01-31")


def person(typed: str, given: Mapping[Topic, str] | None = None) -> tuple[TerminalInterview, io.StringIO]:
    """Somebody who types these lines, and types secrets as ``hidden``."""
    shown = io.StringIO()
    return TerminalInterview(given or {}, io.StringIO(typed), shown, lambda _prompt: "hidden"), shown


def test_an_empty_line_takes_the_default_and_the_beginning_of_a_choice_will_do() -> None:
    assert ask(person("\n")[0], END, str) == "included"
    assert ask(person("ex\n")[0], END, str) == "excluded"
    assert ask_yes(person("Y\n")[0], Question(Topic.CUSTOMERS, "no", ("yes", "no")))


def test_what_is_no_choice_is_asked_again_with_what_is_expected() -> None:
    interview, shown = person("perhaps\nexcluded\n")

    assert ask(interview, END, str) == "excluded"
    assert "  Expected included or excluded.\n" in shown.getvalue()


def test_a_secret_is_read_without_echo_and_not_shown() -> None:
    interview, shown = person("")

    assert interview.ask(Question(Topic.BOT_TOKEN)) == "hidden"
    assert shown.getvalue() == ""


@pytest.mark.parametrize("topic", [Topic.BOT_TOKEN, Topic.TEMPORAL])
def test_the_end_of_the_input_leaves_a_question_unanswered(topic: Topic) -> None:
    def ended(_prompt: str) -> str:
        raise EOFError

    question = Question(topic)
    interview = TerminalInterview({}, io.StringIO(""), io.StringIO(), ended)

    with pytest.raises(ConfigError) as caught:
        interview.ask(question)
    assert caught.value.mistakes == (init_questions.unanswered(question, is_wrong=False),)


def test_an_answer_of_the_command_line_that_will_not_do_is_asked_for() -> None:
    interview, _ = person("included\n", {Topic.END: "maybe"})

    assert ask(interview, END, str) == "included"


def test_what_a_system_says_sends_no_commands_to_the_terminal() -> None:
    interview, shown = person("")
    interview.tell(SystemAway("\x1b[2J gone"))

    assert "\x1b" not in shown.getvalue()


def test_flags_take_a_default_only_where_it_is_safe() -> None:
    interview = FlagInterview({}, io.StringIO())

    assert interview.ask(Question(Topic.TIMEZONE, "UTC", is_safe=True)) == "UTC"
    with pytest.raises(ConfigError, match="--end: missing; expected included or excluded"):
        ask(interview, END, str)


def test_a_flag_that_will_not_do_is_named() -> None:
    interview: Interview = FlagInterview({Topic.END: "maybe"}, io.StringIO())

    with pytest.raises(ConfigError, match="--end: not of the right form; expected included or excluded"):
        ask(interview, END, str)


def test_answers_that_nothing_asks_for_are_known() -> None:
    interview = FlagInterview({Topic.END: "included", Topic.TIMEZONE: "UTC"}, io.StringIO())
    interview.ask(Question(Topic.TIMEZONE))

    assert interview.unused == (Topic.END,)


def test_all_flags_that_are_always_needed_are_named_at_once() -> None:
    with pytest.raises(ConfigError) as refused:
        check_flags({Topic.CHANNEL: "C07BACKFILL"})

    assert [line.partition(":")[0] for line in refused.value.mistakes] == [
        "--temporal",
        "--clickhouse",
        "--operators",
    ]


@pytest.mark.parametrize("topic", Topic)
def test_every_question_is_one_line_and_says_what_is_expected(topic: Topic) -> None:
    question = Question(topic, "x", about="Fill", example="job-1")

    assert len(init_questions.prompt(question).splitlines()) == 1
    assert "{" not in init_questions.prompt(question) + init_questions.expectation(question)


def test_the_walk_in_the_readme_asks_what_is_asked() -> None:
    walk = (ROOT / "README.md").read_text().partition("$ backfill-bot init\n")[2].partition("\n\n")[0]
    prompts_shown = [line.strip() for line in walk.splitlines() if re.search(r"(?:\]|C|commas|none|later): ?", line)]
    prompts = [init_questions.prompt(Question(topic)).removesuffix(": ") for topic in Topic]

    assert len(prompts_shown) >= 10
    assert [line for line in prompts_shown if not any(line.startswith(prompt) for prompt in prompts)] == []
