"""The `scaffold` command, and `python -m scaffold`."""

import signal
import sys
from types import FrameType
from typing import NoReturn

from scaffold.errors import Interrupted


def main() -> NoReturn:
    """Run the command line of this process and exit. Signals come first: importing the rest takes a moment."""
    _raise_on_signals()
    try:
        from scaffold import cli
    except Interrupted as interrupt:
        sys.stderr.write("\nerror: interrupted: nothing was changed\n")
        sys.exit(interrupt.exit_code)
    sys.exit(cli.run(sys.argv[1:]))


def _raise_on_signals() -> None:
    """Let INT, TERM and HUP unwind the run; a signal that was ignored before (nohup) stays ignored."""

    def interrupt(number: int, _frame: FrameType | None) -> NoReturn:
        raise Interrupted(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupt)


if __name__ == "__main__":
    main()
