"""What power may be lost in: a deed, and what must be true of the puck afterwards, wherever in it.

Its files know the firmware, as whoever uses it does, and never the flash beneath.
"""


class Deed:
    """Something that the puck does with its flash.

    One object lives through all cuts of its deed, with the file systems and RTC memory set back
    to what `prepare` left: what `act` notes about how far it came, it must begin anew. Modules of
    the firmware are imported inside the methods: after each cut they are loaded again, as by a
    puck that starts. "/" is the puck's own `vfs`, "/data" its nights.
    """

    def prepare(self) -> None:
        """Bring a new puck into the state before the deed: once, and nothing is cut."""

    def act(self) -> None:
        """Do it. PowerCut comes out of the operation that is cut, and must not be caught."""
        raise NotImplementedError

    def check(self) -> None:
        """Look at the puck after its next start. `Lost` says what is not as it must be; whatever
        else is raised counts as a puck that does not start.
        """
        raise NotImplementedError


class Lost(Exception):
    """What was committed is not there, or what was half written is believed."""


def demand(is_so: bool, *what) -> None:
    """Raise Lost(`what`) unless it is so."""
    if not is_so:
        raise Lost(*what)
