"""The Web API's methods by name. Each takes the arguments and the workspace, and answers or refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from local_slack.errors import Json
from local_slack.web_api import (
    account,
    chat,
    conversations,
    files,
    history,
    reactions,
    users,
    views,
)
from local_slack.web_api.arguments import Arguments
from local_slack.workspace.state import Workspace

Method = Callable[[Arguments, Workspace], Json]

METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "auth.test": account.auth_test,
        "bots.info": users.bot,
        "team.info": account.team_info,
        "chat.postMessage": chat.post_message,
        "chat.update": chat.update,
        "chat.postEphemeral": chat.post_ephemeral,
        "chat.delete": chat.delete,
        "chat.getPermalink": chat.get_permalink,
        "conversations.info": conversations.info,
        "conversations.list": conversations.list_all,
        "conversations.members": conversations.members,
        "conversations.join": conversations.join,
        "conversations.open": conversations.open_direct,
        "conversations.history": history.history,
        "conversations.replies": history.replies,
        "files.getUploadURLExternal": files.get_upload_url,
        "files.completeUploadExternal": files.complete_upload,
        "files.info": files.info,
        "files.delete": files.delete,
        "reactions.add": reactions.add,
        "reactions.remove": reactions.remove,
        "users.info": users.info,
        "users.list": users.list_all,
        "usergroups.list": users.groups,
        "usergroups.users.list": users.group_members,
        "views.open": views.open_modal,
        "views.push": views.push,
        "views.update": views.update,
        "views.publish": views.publish,
    }
)
"""All but apps.connections.open, which belongs to Socket Mode and takes the other token."""
