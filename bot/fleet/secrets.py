"""Text as it may be shown, logged or kept, wherever it came from."""

from bot.redaction import HIDDEN, beginning, without_secrets

__all__ = ["HIDDEN", "presentable", "without_secrets"]


def presentable(text: str, limit: int) -> str:
    """One line of at most ``limit`` characters. Secrets go before it is shortened, so that no half of one is left."""
    line = without_secrets(" ".join(beginning(text).split()))
    return line if len(line) <= limit else line[: limit - 1] + "…"
