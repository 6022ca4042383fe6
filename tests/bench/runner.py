"""Runs a command and writes down what it took: `python runner.py RESULT COMMAND…`.

It is a process of its own because a system counts, as memory of a command, what the process had that started it: this
one has almost nothing. Of what the command starts itself, all counts that has ended.
"""

import os
import sys
import time


def main() -> int:
    """Run the command, write user, system and wall seconds, memory and exit code to a file; return the exit code."""
    result, *command = sys.argv[1:]
    began = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ)
    _, status, used = os.wait4(child, 0)
    wall = time.perf_counter() - began
    memory = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    code = os.waitstatus_to_exitcode(status)
    with open(result, "w") as file:
        file.write(f"{used.ru_utime} {used.ru_stime} {wall} {memory} {code}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
