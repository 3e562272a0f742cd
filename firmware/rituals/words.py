"""Stand-in."""


def said(why):
    """Said."""
    return str(why)
