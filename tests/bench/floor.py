"""What no way to make these documents in Python can save: `python floor.py`, in a directory that is prepared for it.

It reads and hashes the SUBPLANs, drains the events of the Markdown parser, renders with one compiled Jinja environment,
and writes, fsyncs and links the documents. What stands in them is given: `answers.json`. It checks nothing, reads no
plan, keeps no record, and asks for no template but the built-in one.
"""

import hashlib
import json
import os
import sys

import pyromark
from jinja2 import Environment, FileSystemLoader, StrictUndefined


def main() -> int:
    """Make every document of `answers.json` from `subplans/`, with the set in `set/`, in `execution/`."""
    for name in sorted(os.listdir("subplans")):  # noqa: PTH208 - nothing is to be paid for a Path
        with open(f"subplans/{name}", "rb") as file:
            content = file.read()
        hashlib.sha256(content).hexdigest()
        for _ in pyromark.events_with_range(content.decode(), options=pyromark.Options.ENABLE_TABLES):
            pass
    with open("answers.json", "rb") as file:
        answers = json.load(file)
    environment = Environment(  # noqa: S701 - documents are Markdown
        loader=FileSystemLoader("set"), undefined=StrictUndefined, keep_trailing_newline=True
    )
    template = environment.get_template("document.md.jinja")
    os.mkdir("staged")  # noqa: PTH102
    os.mkdir("execution")  # noqa: PTH102
    names = []
    for number, task in enumerate(answers["tasks"]):
        names.append(f"execution/EXECUTION_TASK_{answers['plan_name']}_{task['slug']}_{task['number']}.md")
        _write(f"staged/{number}", template.render(answers, task=task).encode())
    for number, _ in enumerate(names):
        _sync(f"staged/{number}")
    _sync("staged")
    for number, name in enumerate(names):
        os.link(f"staged/{number}", name)
    _sync("execution")
    return 0


def _write(path: str, content: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    os.write(file, content)
    os.close(file)


def _sync(path: str) -> None:
    file = os.open(path, os.O_RDONLY)
    os.fsync(file)
    os.close(file)


if __name__ == "__main__":
    sys.exit(main())
