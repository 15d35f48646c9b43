"""Slack's error codes, grouped by what follows from them, and advice for people.

https://docs.slack.dev/reference/methods lists the codes of each method.
"""

from collections.abc import Mapping

# The call may have succeeded, in part or as a whole.
UNKNOWN_OUTCOME = frozenset(
    {
        "fatal_error",
        "internal_error",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
        # "Internal update failed": Slack's method reference, chat.update.
        "update_failed",
    }
)
RATE_LIMITED = frozenset({"ratelimited", "rate_limited"})
NOT_THERE = frozenset(
    {
        "message_not_found",
        "not_found",
        "thread_not_found",
        "cannot_reply_to_message",
        "user_not_found",
        "user_not_visible",
        "no_such_subteam",
    }
)

# These codes do not concern the request: the bot has no access to the workspace or channel for now. Mostly a person
# has to give it back, for instance by unarchiving the channel; a migration or a workspace's limit ends by itself.
NOT_ADMITTED = frozenset(
    {
        "access_denied",
        "accesslimited",
        "account_inactive",
        "channel_not_found",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "external_channel_migrating",
        "invalid_auth",
        "is_archived",
        # chat.update's word for a channel that is frozen, archived or deleted.
        "is_inactive",
        "message_limit_exceeded",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "not_in_channel",
        "org_login_required",
        "plan_upgrade_required",
        "restricted_action",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
        # chat.postEphemeral: the recipient has to join the channel.
        "user_not_in_channel",
    }
)

# These codes concern one thread or reply, and not the channel: people lock and unlock threads. All other codes that
# begin with restricted_action concern the channel or the workspace.
OF_ONE_REPLY = frozenset({"restricted_action_thread_locked", "restricted_action_non_threadable_channel"})

# These codes concern the request itself, so repeating it cannot help
# (https://docs.slack.dev/reference/methods/chat.postMessage and chat.update). A code in none of these lists may be
# transient: Slack adds new ones.
NEVER = frozenset(
    {
        "attachment_payload_limit_exceeded",
        "block_mismatch",
        "cant_delete_message",
        "cant_update_message",
        "compliance_exports_prevent_deletion",
        "deprecated_endpoint",
        "edit_window_closed",
        "invalid_arg_name",
        "invalid_arguments",
        "invalid_array_arg",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_charset",
        "invalid_form_data",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "invalid_post_type",
        "markdown_text_conflict",
        "messages_tab_disabled",
        "metadata_must_be_sent_from_app",
        "metadata_too_large",
        "method_deprecated",
        "missing_post_type",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "streaming_state_conflict",
        "too_many_attachments",
        "unknown_method",
    }
)

# Another delivery of the same click or command has used the trigger already.
DONE_ALREADY = frozenset({"exchanged_trigger_id"})

CONNECTIONS_OPEN = "apps.connections.open"
RENEW_SOCKET = "put an app-level token with connections:write, which begins with xapp-, into SLACK_APP_TOKEN"
_RENEW = "put the app's current bot token into SLACK_BOT_TOKEN"
_INSTALL = f"install the app in the workspace again, and {_RENEW}"
_INVITE = "invite the bot there: /invite @backfill"
_OPEN = "unarchive the channel, or name another in [slack] channel in backfill.toml"
_REVIEW = "ask an administrator of the workspace"
ADVICE: Mapping[str, str] = {
    "access_denied": _REVIEW,
    "account_inactive": _INSTALL,
    "channel_not_found": f"check [slack] channel in backfill.toml; if it is private, {_INVITE}",
    "ekm_access_denied": _REVIEW,
    "invalid_auth": f"{_RENEW}, or allow this machine's address if the app takes only some",
    "is_archived": _OPEN,
    "is_inactive": _OPEN,
    "missing_scope": "add the scope to the Slack app and install it again",
    "no_permission": _REVIEW,
    "not_allowed_token_type": "SLACK_BOT_TOKEN takes a bot token, which begins with xoxb-",
    "not_authed": _RENEW,
    "not_in_channel": _INVITE,
    "org_login_required": _REVIEW,
    # https://docs.slack.dev/reference/methods/usergroups.users.list
    "plan_upgrade_required": (
        "User groups need a paid Slack plan: name people in [slack] operators in backfill.toml instead"
    ),
    "restricted_action": _REVIEW,
    "team_access_not_granted": _REVIEW,
    "token_expired": _RENEW,
    "token_revoked": _INSTALL,
    "two_factor_setup_required": _REVIEW,
}
