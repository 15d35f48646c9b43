"""The one way to make a Web API client that is safe to post with."""

from slack_sdk.web.async_client import AsyncWebClient

# Below the time in which people expect an answer to a click; Slack itself answers in well under a second.
TIME_LIMIT_SECONDS = 10


def slack_client(token: str, base_url: str) -> AsyncWebClient:
    """A client with a time limit that never tries again by itself.

    A reply that is lost may have posted, and Slack has no idempotency key (slack-contract.md §1): whoever posts
    has to look before trying again, which a retry inside the client cannot.
    """
    return AsyncWebClient(token=token, base_url=base_url, timeout=TIME_LIMIT_SECONDS, retry_handlers=[])
