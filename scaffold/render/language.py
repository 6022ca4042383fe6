"""What templates may use: every filter, test and global of copier's environment, allowed or refused, and why.

A name that is not listed is refused, so that a new version of copier brings nothing in unseen.
"""

from collections.abc import Mapping

from scaffold.lazy.values import frozen
from scaffold.plan import template_names


@frozen
class Rule:
    """Whether templates may use a name, and in a few words why."""

    allowed: bool
    why: str


UNKNOWN = Rule(False, "scaffold does not know it")


def _rules(allowed: Mapping[str, str], refused: Mapping[str, str]) -> dict[str, Rule]:
    """Return a rule by name; each key of `allowed` and `refused` is a reason, each value its names."""
    rules = {name: Rule(True, why) for why, names in allowed.items() for name in names.split()}
    return rules | {name: Rule(False, why) for why, names in refused.items() for name in names.split()}


FILTERS = _rules(
    {
        "text from text": "capitalize center comment e escape forceescape indent lower quote regex_escape replace safe "
        "striptags title trim truncate upper urlencode urlize wordwrap xmlattr",
        "text from text; bounded in time": "regex_findall regex_replace regex_search",
        "text from values": "filesizeformat format join pprint string to_json to_nice_json to_nice_yaml to_yaml tojson "
        "type_debug",
        "a part or an order of a list": "batch first flatten last list map max min reject rejectattr reverse select "
        "selectattr slice sort unique",
        "a part of a mapping": "attr dictsort extract items subelements",
        "values from values": "ans_groupby combine d default groupby mandatory sum ternary",
        "numbers and truth": "abs bool count float int length round wordcount",
        "values from text": "b64decode b64encode from_json from_yaml from_yaml_all to_datetime",
        "the same text always has the same": "checksum sha1 to_uuid",
        "a part of a path's text; no file is looked at": "basename dirname splitext win_basename win_dirname "
        "win_splitdrive",
    },
    {
        "reads the environment": "expandvars",
        "reads the home directory": "expanduser",
        "lists files outside the template set": "fileglob",
        "reads links and the working directory": "realpath relpath",
        "reads the clock or the time zone": "strftime",
        "random: a different document in every run": "ans_random random random_mac shuffle",
        "depends on the hashes that the machine's Python was built with": "hash md5",
    },
)

TESTS = _rules(
    {
        "compares values": "!= < <= == > >= eq equalto ge greaterthan gt in le lessthan lt ne sameas",
        "asks what a value is": "boolean callable defined divisibleby escaped even false float integer iterable lower "
        "mapping none number odd sequence string true undefined upper",
        "asks what the language has": "filter test",
    },
    {},
)

GLOBALS = _rules(template_names.HELPERS, template_names.REFUSED)
"""Globals of the environment, and the names that copier adds to the variables of every template."""

SETTINGS = _rules(
    {"how templates are found and written": "_envops _min_copier_version _subdirectory _templates_suffix"},
    {
        "it could run any command": "_tasks _migrations",
        "it could run any code": "_jinja_extensions",
        "it reads files outside the template set": "_external_data",
        "scaffold creates every document that was asked for, and no other": "_exclude",
        "scaffold never overwrites a file": "_skip_if_exists",
        "scaffold itself reports what it does": "_message_after_copy _message_after_update _message_before_copy "
        "_message_before_update",
        "scaffold keeps the answers itself": "_answers_file",
        "scaffold asks nothing, and every answer is recorded": "_secret_questions",
        "a link could lead out of the template set": "_preserve_symlinks",
    },
)

ENVOPS = frozenset(
    (
        *(f"{kind}_{end}_string" for kind in ("block", "variable", "comment") for end in ("start", "end")),
        *("line_statement_prefix", "line_comment_prefix", "trim_blocks", "lstrip_blocks", "newline_sequence"),
        *("keep_trailing_newline", "undefined", "autoescape"),
    )
)
"""The keys that `_envops` may have: how templates are written, and nothing that could load or run anything."""


def table(rules: Mapping[str, Rule]) -> str:
    """Return `rules` as a Markdown table, for the manual."""
    rows = [
        f"| `{name}` | {'yes' if rule.allowed else '**no**'} | {rule.why} |" for name, rule in sorted(rules.items())
    ]
    return "\n".join(["| name | allowed | why |", "|---|---|---|", *rows])
