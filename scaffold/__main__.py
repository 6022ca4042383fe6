"""The `scaffold` command, and `python -m scaffold`."""

import sys
from typing import NoReturn

from scaffold import signals
from scaffold.errors import Interrupted


def main() -> NoReturn:
    """Run the command line of this process and exit. Signals come first: importing the rest takes a moment."""
    try:
        signals.unwind_on_signals()
        code = _run()
        signals.ignore_signals()
    except Interrupted as interrupt:  # while the end of the run was told
        signals.ignore_signals()
        code = interrupt.exit_code
    sys.exit(code)


def _run() -> int:
    try:
        from scaffold import cli
    except Interrupted as interrupt:
        sys.stderr.write("\nerror: interrupted: nothing was changed\n")
        return interrupt.exit_code
    return cli.run(sys.argv[1:])


if __name__ == "__main__":
    main()
