"""Where files are found: beside the user first, else the copies that come with the program."""

from pathlib import Path

from factdrift.errors import ConfigError

_PACKAGED = Path(__file__).parent / "data"
_CHECKOUT = Path(__file__).parent.parent


def is_packaged(file: Path) -> bool:
    """Whether a file is the program's own copy, and not the user's."""
    return file.absolute().is_relative_to(_PACKAGED.absolute())


def find(name: str, base: Path | None = None) -> Path:
    """The file of this name: below `base` or the current folder, else the packaged copy. Raises ConfigError."""
    given = Path(name).expanduser()
    for folder in (base or Path.cwd(), Path.cwd(), _PACKAGED, _CHECKOUT):
        candidate = given if given.is_absolute() else folder / given
        if candidate.is_file():
            return candidate
    raise ConfigError((f"{name}: no such file here ({Path.cwd()}) nor in the program's own data",))
