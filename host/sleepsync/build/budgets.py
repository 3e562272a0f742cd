"""The budgets of code: `.mpy` bytes, which lie in RAM at about their own size.

docs/architecture.md shows them; `make build` fails past any of them, and the bench takes
its goals from here. All together must never be raised; how they are shared out is argued in
docs/architecture.md.
"""

# Each folder of firmware/ with a budget of its own; `app` is all the rest: application,
# clock, tasks and drivers. `boot`: what starts the puck and mounts its slot's archive. `safe`:
# safe mode, which is there in the application's place and never beside it, and so is `parting`,
# what makes a puck forget and the plain lamp that it is then. `words`, those for
# people, are loaded when somebody asks for them, and forgotten when they have answered. `acting`,
# the rich renderers, are loaded when an act begins, and forgotten when it ends. `answers` to an
# owner's requests are loaded for them, and forgotten with the last one; the `door` of the link for
# the minutes in which a phone may pair, when no rich scene is asked for. `update` writes, verifies
# and tries a slot: loaded while somebody updates, and on trial.
CODE_BYTES_OF_ROOM = {
    "senses": 19 * 1024,
    "stages": 24 * 1024,
    "bedside": 9 * 1024,
    "acting": 24 * 1024,
    "rituals": 15 * 1024,
    "governor": 20 * 1024,
    "link": 16 * 1024,
    "answers": 9 * 1024,
    "door": 3 * 1024,
    "keep": 9 * 1024,
    "app": 44 * 1024,
    "boot": 5 * 1024,
    "safe": 3 * 1024,
    "parting": 6 * 1024,
    "update": 12 * 1024,
    "words": 31 * 1024,
}
WORDS = ("puck", "selftest")  # files of lib/ that begin so
# Files of firmware/ and hw/ that nothing of the night loads, or only for a moment.
WORDS_OF_ROOMS = ("words", "advice", "daybreak", "restart", "space")
# Of firmware/link.
ANSWERS = ("answers", "answer_files", "answer_state", "answer_update", "answering", "services")
DOOR = ("door", "pairing")  # likewise
_NOT_RESIDENT = ("words", "acting", "answers", "door", "safe", "parting", "update")
# Files of firmware/bedside that stay; all others act.
BEDSIDE = (
    *("buzz", "colour", "colour_kernels", "gestures", "packed", "press", "renderers", "rich"),
    *("scene_rows", "scenes", "tone", "tone_kernels"),
)
ACT_BYTES = 11 * 1024  # the most of `acting` that one scene needs at once
CODE_BYTES = 160 * 1024  # what stays in the chip's heap, beside 96 KiB of data


def resident(sizes: dict[str, int]) -> int:
    """Bytes of code that lie in RAM while a scene acts in a night, of those per room."""
    stays = sum(size for room, size in sizes.items() if room not in _NOT_RESIDENT)
    return stays + ACT_BYTES
