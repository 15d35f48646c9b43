"""Where the bot answers with messages of its own: in a thread or channel, in the direct messages, or to the asker
alone."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.blocks import choose_name
from bot.errors import BackfillBotError, DependencyError, Refused, new_reference
from bot.message import Message
from bot.model import Actor, Address
from bot.name_choice import NameChoice
from bot.services import Services
from handlers.listeners.follow_ups import follow_with_picture, with_file_sent
from handlers.listeners.private_notice import LONGEST_TEXT, send_with_retries
from handlers.listeners.reply import Visibility, report_errors
from handlers.listeners.written import WrittenMessage

# How far the bot's clock may be ahead of Slack's when the bot looks for an answer that it may have posted.
CLOCK_SKEW = timedelta(minutes=5)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """A command, who asks it, and where it is answered. ``delivery`` identifies it.

    ``is_direct``: the question is a direct message. ``is_shared``: everybody in the channel sees the answer.
    ``answers`` is the thread for an answer in direct messages or for everybody, and ``thread`` the thread for an
    answer that only the asker sees; None means outside of threads.
    """

    text: str
    actor: Actor
    delivery: str
    thread: Address | None
    answers: Address | None
    is_direct: bool
    is_shared: bool


def question_in(message: WrittenMessage, services: Services) -> Question:
    """The question in a message. In the team's channel and in the channels of the routes, everybody sees the answer.
    It is in the thread of the message, or in a new thread below a message outside of threads. The answer to a direct
    message outside of threads is in no thread."""
    below = None if message.is_direct else message.address
    return Question(
        text=message.command_text,
        actor=message.actor,
        delivery=message.event_id,
        thread=message.thread,
        answers=message.thread or below,
        is_direct=message.is_direct,
        is_shared=message.event.channel in shared_channels(services),
    )


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where the bot answers one question. Slack may post an answer and yet report a failure. So each answer carries a
    key, by which the bot looks for it before it posts it again."""

    question: Question
    services: Services

    async def answer(self, work: Callable[[], Awaitable[Message]]) -> None:
        """Do the work and show the message that it returns, with all that follows it. Whatever goes wrong is told to
        the asker, and nothing is raised."""

        async def answered() -> None:
            message = await work()
            await self.show(message)
            await follow_with_picture(message, self.send_picture, self.services)

        await report_errors(answered, self.show_problem)

    async def show(self, message: Message) -> None:
        """Send the answer, its follow-up, and the part for the asker alone. The answer is posted in a direct message,
        or in a channel where everybody sees answers (``Question.is_shared``). In other channels, and if posting
        fails, it goes to the asker alone, with its file. If that fails too, the text of the answer is logged."""
        await self._show_part(message, "answer")
        if message.follow_up is not None:
            await self._show_part(message.follow_up, "follow-up")
        if message.for_asker is not None and self.question.is_direct:
            await self._show_part(message.for_asker, "for the asker")
        elif message.for_asker is not None:
            await self._tell_alone(message.for_asker)

    async def show_problem(self, problem: BackfillBotError) -> None:
        """Tell the asker why there is no answer. In a channel, nobody else sees it."""
        message = choose_name.refusal(problem, self._choice)
        if self.question.is_direct:
            await self.show(message)
        else:
            await self._tell_alone(message)

    async def send_picture(self, message: Message) -> bool:
        """Send the message that shows a picture, as ``handlers.listeners.follow_ups.Send`` describes."""
        try:
            if self.question.is_direct or self.question.is_shared:
                await self._post(message, "picture")
            else:
                await self._whisper(message)
        except Refused:
            return False
        except DependencyError as exc:
            _log.warning("picture not sent", why=str(exc))
        return True

    @property
    def _choice(self) -> NameChoice:
        """What the button for choosing a name carries: the command, and the thread in which the answer would have
        gone if the name had been typed."""
        thread = self.question.answers if self.question.is_shared else self.question.thread
        return NameChoice(text=self.question.text, thread=thread.ts if thread else "")

    async def _show_part(self, message: Message, part: str) -> None:
        if self.question.is_direct or self.question.is_shared:
            try:
                await self._post_with_retries(message, part)
            except DependencyError as exc:
                _log.warning("answer goes to the asker alone", why=str(exc))
            else:
                return
        await self._tell_alone_with_file(message)

    async def _post_with_retries(self, message: Message, part: str) -> None:
        since, tries = self.services.now() - CLOCK_SKEW, 0

        async def post(shown: Message) -> None:
            nonlocal tries
            tries += 1
            if tries == 1 or not await self._is_posted(part, since):
                await self._post(shown, part)

        await send_with_retries(post, message)

    async def _post(self, message: Message, part: str) -> None:
        channel = self.question.actor.channel_id
        await self.services.channel.post(message, self._key(part), self.question.answers, channel=channel)

    async def _is_posted(self, part: str, since: datetime) -> bool:
        """Whether an earlier try has posted this part. False if Slack does not answer: two answers are better than
        none."""
        thread, channel = self.question.answers, self.question.actor.channel_id
        try:
            found = await self.services.channel.find(self._key(part), since, thread, channel=channel)
        except DependencyError:
            return False
        return found is not None

    def _key(self, part: str) -> str:
        return f"{part}:{self.question.delivery}"

    async def _tell_alone_with_file(self, message: Message) -> None:
        shown = await with_file_sent(message, Visibility.ASKER, self.question.actor, self.services)
        if shown is not None:
            await self._tell_alone(shown)

    async def _whisper(self, message: Message) -> None:
        actor = self.question.actor
        await self.services.modals.whisper(actor.user_id, message, actor.channel_id, self.question.thread)

    async def _tell_alone(self, message: Message) -> None:
        """Send the message so that only the asker sees it. A failure is only logged, with the text."""
        try:
            await send_with_retries(self._whisper, message)
        except DependencyError as exc:
            lost = {"user": self.question.actor.user_id, "why": str(exc), "text": message.text[:LONGEST_TEXT]}
            _log.error("answer lost", reference=new_reference(), **lost)


def shared_channels(services: Services) -> frozenset[str]:
    """The channels in which the bot posts unasked, to all their members: the team's own, and those of the routes."""
    routes = (rule.route.channel for rule in services.config.routing)
    return frozenset({services.config.slack.channel, *filter(None, routes)})
