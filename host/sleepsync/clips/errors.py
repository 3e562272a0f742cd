"""What is said when no clip can be made of a recording, or brought onto a puck."""


class ClipError(Exception):
    """Part, what was seen, what to do."""
