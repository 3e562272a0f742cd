"""Stand-in."""


class Night:
    """Stand-in."""

    def __init__(self, sleeper):
        self.why = (0, 0)
        self.state = 0

    def take(self, kind, fields):
        """Take."""

    def hear(self, score):
        """Hear."""

    def want(self, t_ms):
        """Want."""

    def wait_ms(self, t_ms):
        """Wait."""
        return 8000
