"""The two interviews of `backfill-bot init`: a person at a terminal, or the flags of the command line."""

from collections.abc import Callable, Mapping
from typing import TextIO

from bot.blocks import init_questions, init_report
from bot.errors import ConfigError
from bot.fleet.onboarding.facts import InitFact
from bot.fleet.onboarding.questions import Question, Topic
from bot.wellformed import printable

AskSecret = Callable[[str], str]


class TerminalInterview:
    """Asks line by line. Answers that the command line gives are not asked; secrets are read without echo."""

    def __init__(self, given: Mapping[Topic, str], lines: TextIO, shown: TextIO, ask_secret: AskSecret) -> None:
        self._given = dict(given)
        self._lines = lines
        self._shown = shown
        self._ask_secret = ask_secret

    def ask(self, question: Question) -> str:
        """See ``bot.usecases.init.interview.Interview``. Raises ConfigError when the input ends."""
        if question.topic in self._given:
            return self._given[question.topic]
        prompt = printable(init_questions.prompt(question))
        if question.topic.is_secret:
            return self._ask_secret(prompt).strip()
        self._shown.write(prompt)
        self._shown.flush()
        line = self._lines.readline()
        if not line:
            raise ConfigError([init_questions.unanswered(question, is_wrong=False)])
        return line.strip() or question.default

    def reject(self, question: Question) -> None:
        """See ``bot.usecases.init.interview.Interview``. What the command line has given is asked for next."""
        self._given.pop(question.topic, None)
        self._write(init_questions.expectation(question))

    def tell(self, fact: InitFact) -> None:
        """See ``bot.usecases.init.interview.Interview``."""
        self._write(init_report.text(fact))

    def _write(self, text: str) -> None:
        self._shown.write(f"{printable(text)}\n")
        self._shown.flush()


class FlagInterview:
    """Takes the answers of the command line, and defaults where they are safe."""

    def __init__(self, given: Mapping[Topic, str], shown: TextIO) -> None:
        self._given = given
        self._shown = shown

    def ask(self, question: Question) -> str:
        """See ``bot.usecases.init.interview.Interview``."""
        if question.topic in self._given:
            return self._given[question.topic]
        if question.is_safe:
            return question.default
        raise ConfigError([init_questions.unanswered(question, is_wrong=False)])

    def reject(self, question: Question) -> None:
        """See ``bot.usecases.init.interview.Interview``."""
        raise ConfigError([init_questions.unanswered(question, is_wrong=True)])

    def tell(self, fact: InitFact) -> None:
        """See ``bot.usecases.init.interview.Interview``."""
        self._shown.write(f"{printable(init_report.text(fact))}\n")


def check_flags(given: Mapping[Topic, str]) -> None:
    """Raises ConfigError with a line for each flag that is always needed and is not given."""
    needed = (Topic.TEMPORAL, Topic.CLICKHOUSE, Topic.CHANNEL, Topic.OPERATORS)
    missing = [init_questions.unanswered(Question(topic), is_wrong=False) for topic in needed if topic not in given]
    if missing:
        raise ConfigError(missing)
