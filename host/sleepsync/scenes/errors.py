"""What is said when a scene cannot be used: the file, the key, what was seen, what to do."""


class SceneError(Exception):
    """Scenes that cannot be compiled: a line for each thing that is wrong."""
