"""The strict gate: refuses what Slack refuses, in Slack's words (slack-contract.md §5).

Where sources differ the stricter reading holds, so that what passes here passes there.
"""

from local_slack.validation.messages import MessageArguments, check_edit, check_message
from local_slack.validation.views import Surface, check_view

__all__ = ["MessageArguments", "Surface", "check_edit", "check_message", "check_view"]
