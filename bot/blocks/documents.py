"""Says in an answer where its file is, or why the file could not be sent."""

from dataclasses import replace

from bot.blocks import kit
from bot.errors import DependencyError
from bot.message import Message


def with_private_file(message: Message) -> Message:
    """The answer, with a note that the person alone got the file."""
    return _with_note(message, "The file is in your direct messages from me.")


def without_file(message: Message, problem: DependencyError) -> Message:
    """The answer, with a note that its file could not be sent, and why."""
    return _with_note(message, f"The file could not be sent: {problem.why}.")


def without_plan(problem: DependencyError) -> Message:
    """Tells the person that the file with the plan of all customers could not be sent. The dialog works without
    it."""
    text = f"The file with the whole plan could not be sent: {problem.why}. The dialog works without it."
    return kit.message(text, [kit.section(kit.escape(text))])


def _with_note(message: Message, note: str) -> Message:
    drawn = kit.message(note, [kit.context(kit.escape(note))])
    return replace(message, text=f"{message.text}\n{drawn.text}", blocks=(*message.blocks, *drawn.blocks))
