"""A leader check that is always true."""


def always() -> bool:
    """This bot leads."""
    return True
