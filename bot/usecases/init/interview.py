"""The ways in which `backfill-bot init` asks. The terminal and the flags of the command line each implement
``Interview``.
"""

from collections.abc import Callable
from typing import Protocol, TypeVar

from bot.fleet.onboarding.facts import InitFact
from bot.fleet.onboarding.questions import Question

_Value = TypeVar("_Value")

YES, NO = "yes", "no"


class Interview(Protocol):
    """Asks the person who runs the command. Each call blocks until there is an answer; nothing else is running
    meanwhile."""

    def ask(self, question: Question) -> str:
        """The answer; "" for none. Raises ConfigError if nobody can be asked."""
        ...

    def reject(self, question: Question) -> None:
        """Say which answers are possible. Raises ConfigError if nobody can be asked again."""
        ...

    def tell(self, fact: InitFact) -> None:
        """Show the person what was found."""
        ...


def ask(interview: Interview, question: Question, read: Callable[[str], _Value]) -> _Value:
    """The answer, converted by ``read``. If ``read`` raises ValueError, the question is asked again."""
    while True:
        try:
            return read(_chosen(question, interview.ask(question).strip()))
        except ValueError:
            interview.reject(question)


def ask_yes(interview: Interview, question: Question) -> bool:
    """The answer to a yes-or-no question."""
    return ask(interview, question, str) == YES


def _chosen(question: Question, text: str) -> str:
    """The choice that the text names, in full or by its first letters. Raises ValueError if it names none or
    several."""
    if not question.choices or question.is_list:
        return text
    found = [choice for choice in question.choices if choice == text] or [
        choice for choice in question.choices if text and choice.startswith(text.lower())
    ]
    if len(found) != 1:
        raise ValueError(text)
    return found[0]
