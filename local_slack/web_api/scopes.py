"""Which scope of a bot token each method needs, as its page at https://docs.slack.dev/reference/methods says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from local_slack.errors import SlackError

OF_A_CONVERSATION = ("channels", "groups", "im")
"""The scope prefixes of a conversation's kind: public, private, direct."""

NEEDED: Mapping[str, str] = MappingProxyType(
    {
        "auth.test": "",
        "bots.info": "users:read",
        "chat.delete": "chat:write",
        "chat.getPermalink": "",
        "chat.postEphemeral": "chat:write",
        "chat.postMessage": "chat:write",
        "chat.unfurl": "links:write",
        "chat.update": "chat:write",
        "conversations.history": "*:history",
        "conversations.info": "*:read",
        "conversations.join": "channels:join",
        "conversations.list": "*:read",
        "conversations.members": "*:read",
        "conversations.open": "im:write",
        "conversations.replies": "*:history",
        "files.completeUploadExternal": "files:write",
        "files.delete": "files:write",
        "files.getUploadURLExternal": "files:write",
        "files.info": "files:read",
        "reactions.add": "reactions:write",
        "reactions.remove": "reactions:write",
        "team.info": "team:read",
        "usergroups.list": "usergroups:read",
        "usergroups.users.list": "usergroups:read",
        "users.info": "users:read",
        "users.list": "users:read",
        "views.open": "",
        "views.publish": "",
        "views.push": "",
        "views.update": "",
    }
)
"""``*`` stands for the conversation's kind. A method with an empty string needs no scope."""


def check_scope(method: str, kinds: Collection[str], granted: Collection[str]) -> None:
    """Raises SlackError missing_scope unless the app may call the method. The error names the needed and the granted
    scopes.

    ``kinds`` are the kinds that the conversation of the call may have. The scope for any of them is enough.
    """
    needed = NEEDED[method]
    wanted = [needed.replace("*", kind) for kind in (kinds if needed.startswith("*") else ("",))]
    if needed and not set(wanted) & set(granted):
        raise SlackError("missing_scope", needed=",".join(wanted), provided=",".join(sorted(granted)))
