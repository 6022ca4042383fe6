"""The command lines that scaffold names in its hints and runs from its menu: what a person would type."""

import shlex
from pathlib import Path

Words = tuple[str, ...]
"""What comes after `scaffold` on a command line."""


def invocation(verb: str, plan: Path, *options: str) -> Words:
    """Give the words of a command about the plan that somebody named `plan`; the current directory needs no name."""
    named = str(plan)
    if plan == Path():
        return (verb, *options)
    return (verb, f"./{named}" if named.startswith("-") else named, *options)


def typed(words: Words) -> str:
    """Give a command line as a person would type it: `scaffold subplans 'my plan' --batch`."""
    return f"scaffold {shlex.join(words)}"


def command(verb: str, plan: Path, *options: str) -> str:
    """Give the command line of `invocation` as `typed`."""
    return typed(invocation(verb, plan, *options))
