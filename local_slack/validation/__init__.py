"""Validates messages and views: refuses what Slack refuses, with Slack's codes and words.

Where Slack's documentation leaves a limit open, these rules choose the stricter one, so that Slack accepts whatever
they accept.
"""

from local_slack.validation.messages import MessageArguments, check_edit, check_message
from local_slack.validation.views import Surface, check_view

__all__ = ["MessageArguments", "Surface", "check_edit", "check_message", "check_view"]
