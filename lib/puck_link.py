"""The words of the link: whose phones may connect, and that one may no more.

Loaded when somebody asks. Each is a generator of lines to print. It must never tell a secret, nor
an address, by which a phone could be followed.
"""

from puck_lines import date, line

_RADIO = ("off", "on, but for your sleep", "always on")


def bonds(app):  # noqa: ANN201 (MicroPython has no typing)
    """Who may connect, who does, and what the radio is set to."""
    link = app.running and app.running.link
    rows = app.known_bonds().rows()
    here = [peer.address for peer in link.peers if peer.is_owner] if link else []
    for place, bond in rows:
        since = date(bond.since_s) if bond.since_s else "at an unknown time"
        connected = ", connected" if bond.address in here else ""
        yield "%d  paired %s%s" % (place + 1, since, connected)
    if not rows:
        yield "no phone is paired; three slow presses let one in"
    settings = app.known_settings()
    yield line("radio", _RADIO[settings.get("radio")])
    yield line("pairing", "open" if link and link.is_pairable() else "closed")
    yield line("room's climate", "on the air" if settings.get("bthome") else "not on the air")


def forget(app, number: int):  # noqa: ANN201 (the same)
    """That phone may connect no more; the number as `bonds` tells it."""
    link = app.running and app.running.link
    try:
        (link or app.known_bonds()).forget(number - 1)
    except (OSError, ValueError) as error:
        yield "%s; puck.bonds() tells which there are" % error
        return
    yield "forgotten; let the phone forget the puck, too, in its own settings"
