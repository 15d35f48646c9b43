"""FakeInterview: a person whose answers are written down beforehand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.fleet.onboarding.facts import InitFact
from bot.fleet.onboarding.questions import Question, Topic


@dataclass
class FakeInterview:
    """``answers`` are given in turn by topic, and the default when there are none; ``questions``,
    ``rejected`` and ``facts`` are what happened."""

    answers: Mapping[Topic, Sequence[str]] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    rejected: list[Topic] = field(default_factory=list)
    facts: list[InitFact] = field(default_factory=list)

    def ask(self, question: Question) -> str:
        times = sum(other.topic is question.topic for other in self.questions)
        self.questions.append(question)
        answers = self.answers.get(question.topic, ())
        return answers[times] if times < len(answers) else question.default

    def reject(self, question: Question) -> None:
        self.rejected.append(question.topic)

    def tell(self, fact: InitFact) -> None:
        self.facts.append(fact)

    def topics(self) -> list[Topic]:
        """What was asked, in order."""
        return [question.topic for question in self.questions]
