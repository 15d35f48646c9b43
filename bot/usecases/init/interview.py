"""How `backfill-bot init` asks. The edge implements Interview: a terminal, or the flags of the command line."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from bot.fleet.onboarding.facts import InitFact
from bot.fleet.onboarding.questions import Question

_Value = TypeVar("_Value")


class Interview(Protocol):
    """Asks the person who runs the command. It blocks while somebody thinks: nothing else runs meanwhile."""

    def ask(self, question: Question) -> str:
        """The answer, "" for none. Raises ConfigError where nobody can be asked."""
        ...

    def reject(self, question: Question) -> None:
        """Say what is expected instead. Raises ConfigError where nobody can be asked again."""
        ...

    def tell(self, fact: InitFact) -> None:
        """Show what was found."""
        ...


def ask(interview: Interview, question: Question, read: Callable[[str], _Value]) -> _Value:
    """The answer as ``read`` understands it; asked again while it raises ValueError."""
    while True:
        try:
            return read(_chosen(question, interview.ask(question).strip()))
        except ValueError:
            interview.reject(question)


def ask_yes(interview: Interview, question: Question) -> bool:
    """The answer to a question of yes or no."""
    return ask(interview, question, str) == YES


YES, NO = "yes", "no"


def _chosen(question: Question, text: str) -> str:
    """The answer, or the choice that it begins. Raises ValueError for one that is no choice."""
    if not question.choices or question.is_list:
        return text
    found = [choice for choice in question.choices if choice == text] or [
        choice for choice in question.choices if text and choice.startswith(text.lower())
    ]
    if len(found) != 1:
        raise ValueError(text)
    return found[0]
