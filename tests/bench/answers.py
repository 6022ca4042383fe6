"""Prints the variables of the documents that a plan misses on its lowest level, as copier takes them.

`python answers.py PLAN`
"""

import json
import sys
from pathlib import Path

from scaffold import batch, clock
from scaffold.names import EXECUTION_TASK
from scaffold.plan.prerequisites import Policy
from scaffold.plan.selection import Selection
from scaffold.preview import Request


def main() -> int:
    """Print the answers as JSON."""
    policy = Policy(skip_missing=False, strict=False, allow_unfilled=False)
    plan = Path(sys.argv[1])
    request = Request(EXECUTION_TASK, plan, Selection("level"), "first", policy, None, clock.today())
    json.dump(batch.prepare(request).answers, sys.stdout, ensure_ascii=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
