"""What can be wrong with a template set beyond what Jinja and YAML raise: values for the one place that explains it."""

from collections.abc import Sequence

from scaffold.errors import Diagnostic
from scaffold.lazy.values import frozen
from scaffold.render.environment import Missing


class Faulty(ValueError):
    """What is wrong with how the files of a template set are put together."""

    def __init__(self, faults: Sequence[Diagnostic]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.message for fault in faults))


class OtherFile(ValueError):
    """A template set makes, or would make, a file that nobody asked for: its POSIX path, and what one is like."""

    def __init__(self, path: str, like: str) -> None:
        self.path, self.like = path, like
        super().__init__(path)


class MissingKeys(ValueError):
    """What templates ask for and achievements do not have in `parallel.json`."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        self.missing = tuple(missing)
        super().__init__("; ".join(map(str, missing)))


@frozen
class WrongSetting:
    """A setting or question of a template set that cannot be used; `setting` is its name in copier.yml.

    `place` is file and line, where that is not copier.yml.
    """

    setting: str
    message: str
    hint: str | None = None
    place: tuple[str, int] | None = None


class WrongSettings(ValueError):
    """All settings and questions of a template set that cannot be used."""

    def __init__(self, settings: Sequence[WrongSetting]) -> None:
        self.settings = tuple(settings)
        super().__init__("; ".join(setting.message for setting in settings))
