"""Times of a scene in words."""


def clock(time_s: float) -> str:
    """A moment of a scene: 1:05."""
    return f"{int(time_s) // 60}:{int(time_s) % 60:02}"


def length(time_s: float) -> str:
    """How long something is: 45 s, 3 min 20 s, 20 min."""
    minutes, rest = divmod(round(time_s), 60)
    parts = [f"{minutes} min"] * (minutes > 0) + [f"{rest} s"] * (rest > 0 and minutes < 10)
    return " ".join(parts) or "0 s"
