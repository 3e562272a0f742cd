"""What goes wrong in machine code."""


class Fault(Exception):
    """A kernel did what the chip would not survive, or what the model does not know."""
