"""The answer of a bot that leads."""


def always() -> bool:
    """It may say everything."""
    return True
