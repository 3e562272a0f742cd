"""What flashing says when it will not, or cannot: part, what was seen, what to do."""


class FlashError(Exception):
    """Flashing was refused or has failed; the text is for the person at the board."""
