"""The names that every template has: further variables can have none of them."""

from collections.abc import Mapping

HELPERS: Mapping[str, str] = {
    "values and counters": "cycler dict joiner namespace range",
    "text from text; no file is looked at": "pathjoin",
}
"""The functions that templates may use, by what they do."""

REFUSED: Mapping[str, str] = {
    "random: a different document in every run": "lipsum",
    "reads the clock": "now",
    "a secret generator": "make_secret",
    "paths and settings of this machine": "_copier_conf _copier_python _folder_name",
    "not a variable of scaffold": "_copier_answers _copier_phase",
    "reads files outside the template set": "_external_data",
}
"""What templates may not use of what copier gives them, by the reason."""

VARIABLES = frozenset(("plan_name", "plan_document", "tasks", "task"))
"""What scaffold gives to templates; `task` is what they call one of the tasks."""

GLOBALS = frozenset(name for names in (*HELPERS.values(), *REFUSED.values()) for name in names.split())

WORDS = frozenset(
    (
        *("true", "false", "none", "True", "False", "None", "not", "and", "or", "in", "is", "if", "else"),
        *("loop", "self", "super", "varargs", "kwargs", "caller"),
    )
)
"""Words that mean something of their own where the template language expects a variable."""


def reason_against(name: str) -> str | None:
    """Return why no further variable can have a name, as it follows the name in a message; None when one can."""
    if not name.isidentifier():
        return "is no name for a variable"
    if name.startswith("_"):
        return "begins with an underscore, as the names do that copier keeps for itself"
    if name in VARIABLES:
        return "is a variable of scaffold"
    if name in GLOBALS:
        return "is a function that templates have already"
    if name in WORDS:
        return "is a word of the template language"
    return None
