"""Makes the Web API client. Clients made otherwise would retry posts."""

from slack_sdk.web.async_client import AsyncWebClient

# Shorter than people wait after a click; Slack itself answers in well under a second.
TIME_LIMIT_SECONDS = 10


def slack_client(token: str, base_url: str) -> AsyncWebClient:
    """A client with a time limit and without retries.

    A post whose answer is lost may have succeeded, and Slack has no idempotency key (docs/slack-facts.md#web-api). So
    the caller has to look for the message before it posts again, which a retry inside the client cannot do.
    """
    return AsyncWebClient(token=token, base_url=base_url, timeout=TIME_LIMIT_SECONDS, retry_handlers=[])
