"""The `scaffold` command, and `python -m scaffold`."""

import gc
import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from scaffold.errors import Interrupted

_RARELY = (50_000, 20, 50)
"""When garbage is looked for: what a command makes is in use to its end, and looking takes a tenth of its time."""


def main() -> NoReturn:
    """Run the command line of this process and exit. Signals come first: importing the rest takes a moment."""
    waiting = _hold_signals()
    if sys.argv[1:] == ["--version"] and _told_version():
        sys.exit(0)
    gc.set_threshold(*_RARELY)
    from scaffold import errors

    try:
        errors.unwind_on_signals()
        _let_signals_come(waiting)
        code = _run()
        errors.ignore_signals()
    except errors.Interrupted as interrupt:  # before the command line was loaded, or while its end was told
        code = _interrupted(interrupt)
    except Exception:  # a class that is being made when a signal comes fails with an error of its own
        number = errors.signal_that_came()
        if number is None:
            raise
        code = _interrupted(errors.Interrupted(number))
    sys.exit(code)


def _interrupted(interrupt: "Interrupted") -> int:
    from scaffold import errors

    errors.ignore_signals()
    sys.stderr.write(f"\nerror: interrupted: {interrupt.outcome}\n")
    return interrupt.exit_code


def _told_version() -> bool:
    """Print the version with nothing imported; false where that fails: then the command line says why."""
    from scaffold import __version__

    try:
        os.write(sys.stdout.fileno(), f"scaffold {__version__}\n".encode())
    except (AttributeError, OSError, ValueError):
        return False
    return True


def _run() -> int:
    from scaffold import cli

    return cli.run(sys.argv[1:])


def _hold_signals() -> set[int]:
    """Block signals until there are handlers for them; return the mask from before."""
    if sys.platform == "win32":
        return set()
    return set(signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)))


def _let_signals_come(waiting: set[int]) -> None:
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_SETMASK, waiting)


if __name__ == "__main__":
    main()
