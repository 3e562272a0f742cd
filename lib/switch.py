"""A GPIO that switches something: a supply, an enable pin.

What it switches is off until `on` is called; it must never be on by accident.
"""


class Switch:
    """The output `pin` (high: on), driven low at once."""

    def __init__(self, pin):
        self._pin = pin
        self.is_on = False
        pin.value(0)

    def on(self) -> None:
        """Drive the pin high."""
        self._pin.value(1)
        self.is_on = True

    def off(self) -> None:
        """Drive the pin low."""
        self._pin.value(0)
        self.is_on = False
