"""What goes wrong with an update, told to the person who can mend it."""


class UpdateError(Exception):
    """Part, what was seen, what to do. The puck runs what it ran before."""
