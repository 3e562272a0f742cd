"""The board files of `hw/boards`: one TOML file a board."""

from pathlib import Path

FOLDER = Path(__file__).parents[3] / "hw" / "boards"
BOARDS = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))
REFERENCE = "esp32s3_devkitc"
