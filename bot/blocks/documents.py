"""Says in an answer where its file is, or why the file could not be sent."""

from dataclasses import replace

from bot.blocks import kit
from bot.errors import DependencyError
from bot.message import Message


def with_private_file(message: Message) -> Message:
    """The answer, with a note that the person alone got the file."""
    return _with_note(message, "The file is in your direct messages from me.")


def with_file_in_thread(message: Message, link: str) -> Message:
    """The answer, with a note that the file is in the thread of the day's digest; ``link`` leads there, or is ""."""
    where = "the thread of that day's digest"
    shown = kit.link(link, where) if link else kit.escape(where)
    return _with_note(message, f"The file is in {where}.", f"The file is in {shown}.")


def without_file(message: Message, problem: DependencyError) -> Message:
    """The answer, with a note that its file could not be sent, and why."""
    return _with_note(message, f"The file could not be sent: {problem.why}.")


def without_plan(problem: DependencyError) -> Message:
    """Tells the person that the file with the plan of all customers could not be sent. The dialog works without
    it."""
    text = f"The file with the whole plan could not be sent: {problem.why}. The dialog works without it."
    return kit.message(text, [kit.section(kit.escape(text))])


def _with_note(message: Message, note: str, shown: str = "") -> Message:
    """The message with a note below it. ``shown`` is the note as mrkdwn; "" if the mrkdwn is just the escaped
    ``note``."""
    drawn = kit.message(note, [kit.context(shown or kit.escape(note))])
    return replace(message, text=f"{message.text}\n{drawn.text}", blocks=(*message.blocks, *drawn.blocks))
