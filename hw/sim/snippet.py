"""Runs a few lines in the VM for the desktop: what tests cannot say in one call."""


def run(source: str, given: dict) -> object:
    """Run `source` with the names in `given`; the value it leaves in `result`."""
    names = dict(given)
    exec(source, names)
    return names.get("result")
