"""What an edit leaves of a message: text without blocks takes the blocks away, and attachments likewise; an edit
without text keeps what it does not name; metadata stays until it is named
(https://docs.slack.dev/reference/methods/chat.update).
"""

from __future__ import annotations

from local_slack.errors import Json, SlackError
from local_slack.validation import MessageArguments, check_edit
from local_slack.workspace.messages import Draft


def edit_of(old: Draft, given: MessageArguments) -> Draft:
    """The message as it is to stand from now on. SlackError for one that shows nothing."""
    named = (given.text, given.blocks, given.attachments, given.metadata, given.markdown_text)
    if not any(_is_named(value) for value in named):
        raise SlackError("no_text")
    new = check_edit(given)
    by_text = bool(given.text) or _is_named(given.markdown_text)
    edited = Draft(
        new.text if by_text else old.text,
        new.blocks if by_text or _is_named(given.blocks) else old.blocks,
        new.attachments if by_text or _is_named(given.attachments) else old.attachments,
        new.metadata if _is_named(given.metadata) else old.metadata,
        old.files,
    )
    if not (edited.text or edited.blocks or edited.attachments or edited.files):
        raise SlackError("no_text")
    return edited


def is_marked(given: Json) -> bool:
    """Whether people see that the message was edited: they do when its text was, not when its blocks alone were."""
    return bool(given.get("text") or given.get("markdown_text"))


def _is_named(value: object) -> bool:
    return value is not None and value != ""
