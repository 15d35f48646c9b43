"""The two interviews of `backfill-bot init`: a person at a terminal, or the flags of the command line."""

from collections.abc import Callable, Mapping
from typing import TextIO

from bot.blocks import init_questions, init_report
from bot.errors import ConfigError
from bot.fleet.onboarding.facts import InitFact
from bot.fleet.onboarding.questions import Question, Topic
from bot.wellformed import printable

AskSecret = Callable[[str], str]
"""Shows a prompt and reads a line without echo. Raises EOFError when the input ends, as getpass does."""


class _Given:
    """The answers on the command line. ``unused`` are those that no question has asked for."""

    def __init__(self, answers: Mapping[Topic, str]) -> None:
        self._answers = dict(answers)
        self._asked: set[Topic] = set()

    def get(self, topic: Topic) -> str | None:
        self._asked.add(topic)
        return self._answers.get(topic)

    def drop(self, topic: Topic) -> None:
        self._answers.pop(topic, None)

    @property
    def unused(self) -> tuple[Topic, ...]:
        return tuple(topic for topic in self._answers if topic not in self._asked)


class TerminalInterview:
    """Asks line by line. A question that the command line has answered is not asked. Secrets are read without
    echo."""

    def __init__(self, given: Mapping[Topic, str], lines: TextIO, shown: TextIO, ask_secret: AskSecret) -> None:
        self._given = _Given(given)
        self._lines = lines
        self._shown = shown
        self._ask_secret = ask_secret

    def ask(self, question: Question) -> str:
        """See ``bot.usecases.init.interview.Interview``. Raises ConfigError when the input ends."""
        if (given := self._given.get(question.topic)) is not None:
            return given
        prompt = printable(init_questions.prompt(question))
        try:
            if question.topic.is_secret:
                return self._ask_secret(prompt)
            return self._read_line(prompt) or question.default
        except EOFError as exc:
            raise ConfigError([init_questions.unanswered(question, is_wrong=False)]) from exc

    def reject(self, question: Question) -> None:
        """See ``bot.usecases.init.interview.Interview``. After this, the question is asked even if the command line
        has answered it."""
        self._given.drop(question.topic)
        self._write(init_questions.expectation(question))

    def tell(self, fact: InitFact) -> None:
        """See ``bot.usecases.init.interview.Interview``."""
        self._write(init_report.text(fact))

    @property
    def unused(self) -> tuple[Topic, ...]:
        """The answers of the command line that nothing has asked for."""
        return self._given.unused

    def _read_line(self, prompt: str) -> str:
        """Show the prompt and read a line. Raises EOFError when the input ends, as getpass does."""
        self._shown.write(prompt)
        self._shown.flush()
        line = self._lines.readline()
        if not line:
            raise EOFError
        return line.strip()

    def _write(self, text: str) -> None:
        self._shown.write(f"{printable(text)}\n")
        self._shown.flush()


class FlagInterview:
    """Answers questions from the flags of the command line, or with defaults where these are safe. Raises ConfigError
    for every other question, and when an answer is rejected."""

    def __init__(self, given: Mapping[Topic, str], shown: TextIO) -> None:
        self._given = _Given(given)
        self._shown = shown

    def ask(self, question: Question) -> str:
        """See ``bot.usecases.init.interview.Interview``."""
        if (given := self._given.get(question.topic)) is not None:
            return given
        if question.is_safe:
            return question.default
        raise ConfigError([init_questions.unanswered(question, is_wrong=False)])

    def reject(self, question: Question) -> None:
        """See ``bot.usecases.init.interview.Interview``."""
        raise ConfigError([init_questions.unanswered(question, is_wrong=True)])

    def tell(self, fact: InitFact) -> None:
        """See ``bot.usecases.init.interview.Interview``."""
        self._shown.write(f"{printable(init_report.text(fact))}\n")

    @property
    def unused(self) -> tuple[Topic, ...]:
        """The answers of the command line that nothing has asked for."""
        return self._given.unused


def check_flags(given: Mapping[Topic, str]) -> None:
    """Raises ConfigError with a line for each flag that is always needed and is not given."""
    needed = (Topic.TEMPORAL, Topic.CLICKHOUSE, Topic.CHANNEL, Topic.OPERATORS)
    missing = [init_questions.unanswered(Question(topic), is_wrong=False) for topic in needed if topic not in given]
    if missing:
        raise ConfigError(missing)
