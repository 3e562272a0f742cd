"""Makes the archive that holds all files of a slot; /archive.py reads it on the puck.

docs/flashing.md tells the layout. The same files must always give the same bytes.
"""

from binascii import crc32

from .errors import BuildError

ARCHIVE = "application.archive"  # its name in a slot
_MAGIC = b"SSA1"


def archive(files: dict[str, bytes]) -> bytes:
    """The archive of `files`: {path: content}. BuildError for a path that its index cannot hold."""
    lines, offset = [""], 0
    for path, content in sorted(files.items()):
        if not path.isascii() or len(path.split()) != 1:
            raise BuildError(f"{path!r} cannot be in an archive: take ASCII without blanks")
        lines.append(f"{path} {offset} {len(content)}")
        offset += len(content)
    index = "\n".join([*lines, ""]).encode()
    rest = b"".join([_word(len(index)), index, *(files[path] for path in sorted(files))])
    return _MAGIC + _word(crc32(rest)) + rest


def _word(number):
    return number.to_bytes(4, "little")
