"""`templates` of scaffold.yml: sets and rules as values, every mistake with its line, and no bomb goes off."""

import json

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.errors import InvalidInput
from scaffold.model import Json
from scaffold.names import is_achievement_id
from scaffold.plan import settings, template_names
from scaffold.plan.template_settings import ID_PATTERN, KindTemplates, Rule, SetSettings
from tests import settings_schema

EXAMPLE = """\
templates:
  executions:
    sets:
      org:      {directory: templates/org}
      security: {directory: templates/security, over: org}
      data:     {directory: templates/data, over: org, data: {reviewer: Zoe}}
      legacy:   {directory: templates/old, over: nothing}
    rules:
      - {match: {team: [security, red]}, use: security}
      - match: {id: ["3.*"], team: data}
        use: data
    default: org
  subplans: {default: built-in}
"""


def mistakes(text: str) -> list[tuple[int | None, str]]:
    """Return (line, message) of every mistake; each has the code of settings and a hint."""
    with pytest.raises(InvalidInput) as caught:
        settings.parse(text, "scaffold.yml")
    assert {(one.code, one.path) for one in caught.value.diagnostics} == {("settings_invalid", "scaffold.yml")}
    assert all(one.hint for one in caught.value.diagnostics)
    return [(one.line, one.message) for one in caught.value.diagnostics]


def executions(inside: str) -> KindTemplates:
    return settings.parse(f"templates: {{executions: {inside}}}", "scaffold.yml").templates["executions"]


def data(values: str) -> dict[str, Json]:
    """Return the further variables of a set that has these lines as its `data`."""
    lines = "".join(f"          {line}\n" for line in values.splitlines())
    head = "templates:\n  executions:\n    sets:\n      org:\n        directory: org\n        data:\n"
    return dict(settings.parse(head + lines, "scaffold.yml").templates["executions"].sets["org"].data)


# --- what is set ------------------------------------------------------------------------------------------------------


def test_sets_rules_and_default_become_values_with_their_lines() -> None:
    assert settings.parse(EXAMPLE, "scaffold.yml").templates == {
        "executions": KindTemplates(
            sets={
                "org": SetSettings("org", "templates/org", "built-in", {}, 4),
                "security": SetSettings("security", "templates/security", "org", {}, 5),
                "data": SetSettings("data", "templates/data", "org", {"reviewer": "Zoe"}, 6),
                "legacy": SetSettings("legacy", "templates/old", "nothing", {}, 7),
            },
            rules=(
                Rule(1, (("team", ("security", "red")),), "security", 9),
                Rule(2, (("id", ("3.*",)), ("team", ("data",))), "data", 10),
            ),
            default="org",
            line=12,
        ),
        "subplans": KindTemplates(line=13),
    }


def test_without_settings_there_are_no_sets_and_the_built_in_one_is_the_default() -> None:
    assert settings.Settings().templates == {}
    assert KindTemplates() == KindTemplates(sets={}, rules=(), default="built-in", line=0)
    assert executions("{}") == KindTemplates(line=1)
    assert executions("{sets: {}, rules: [], default: refuse}") == KindTemplates(default="refuse", line=1)


def test_settings_know_the_file_they_come_from() -> None:
    assert settings.parse("", "up/scaffold.yml").path == settings.parse(EXAMPLE, "up/scaffold.yml").path
    assert settings.parse("", "up/scaffold.yml").path == "up/scaffold.yml"
    assert settings.Settings().path is None


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("1.10", "1.10"),
        ("no", "no"),
        ("null", "null"),
        ("~", "~"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("2026-01-02", "2026-01-02"),
        ("'1.10'", "1.10"),
        ('""', ""),
        ("'two words'", "two words"),
    ],
)
def test_a_rule_compares_what_is_written_and_not_what_yaml_makes_of_it(written: str, text: str) -> None:
    (rule,) = executions(f"{{rules: [{{match: {{team: {written}, more: [{written}]}}, use: built-in}}]}}").rules
    assert rule.match == (("team", (text,)), ("more", (text,)))


def test_ids_levels_and_names_of_sets_are_as_written_too() -> None:
    found = executions("{sets: {no: {directory: x}, 1: {directory: x, over: no}}, default: 1, rules: [&r {match: "
    "{id: 1.10, level: 0, 7: x}, use: no}, *r]}")  # fmt: skip
    assert [(one.name, one.over) for one in found.sets.values()] == [("no", "built-in"), ("1", "no")]
    assert found.default == "1"
    assert [(rule.number, rule.use) for rule in found.rules] == [(1, "no"), (2, "no")]
    assert found.rules[0].match == (("id", ("1.10",)), ("level", ("0",)), ("7", ("x",)))


def test_further_variables_have_the_values_that_yaml_means_and_dates_are_texts() -> None:
    found = data(
        "text: Zoe\nnumber: 1_000\nhalf: 0.5\ntruth: no\nnothing: ~\nempty:\nday: 2026-01-02\nquoted: '1.10'\n"
        "like: !!str 1.10\nlist: [1, [a, {deep: yes}]]\nmap: {two words: 1, '1': x}\nequals: =\nmany: |\n  a\n  b\n"
    )
    assert found == {
        "text": "Zoe",
        "number": 1000,
        "half": 0.5,
        "truth": False,
        "nothing": None,
        "empty": None,
        "day": "2026-01-02",
        "quoted": "1.10",
        "like": "1.10",
        "list": [1, ["a", {"deep": True}]],
        "map": {"two words": 1, "1": "x"},
        "equals": "=",
        "many": "a\nb\n",
    }
    assert {key: type(value) for key, value in found.items() if key in ("number", "truth")} == {
        "number": int,
        "truth": bool,
    }


@pytest.mark.parametrize("directory", [".", "a/..", "a/../b", "./a/./b/", "a b", "..a", "a/...", "größe"])
def test_a_directory_stays_as_written_wherever_it_lies_in_the_workspace(directory: str) -> None:
    assert executions(f"{{sets: {{a: {{directory: '{directory}'}}}}}}").sets["a"].directory == directory


def test_two_sets_may_have_one_directory_and_both_kinds_the_same_names() -> None:
    sets = "{sets: {a: {directory: x}, b: {directory: x}}}"
    found = settings.parse(f"templates: {{executions: {sets}, subplans: {sets}}}", "scaffold.yml").templates
    assert found["executions"] == found["subplans"]


def test_twenty_sets_may_lie_over_each_other() -> None:
    rows = "".join(f"      s{at}: {{directory: x, over: s{at + 1}}}\n" for at in range(1, 20))
    text = f"templates:\n  executions:\n    sets:\n{rows}      s20: {{directory: x}}\n"
    assert len(settings.parse(text, "scaffold.yml").templates["executions"].sets) == 20
    assert mistakes(f"{text}      top: {{directory: x, over: s1}}\n      roof: {{directory: x, over: top}}\n") == [
        (24, "templates.executions.sets.top: lies over 20 other sets, which lie over each other")
    ]


# --- mistakes ---------------------------------------------------------------------------------------------------------

IN_SETS = "templates: {executions: {sets: {%s}}}"
IN_RULES = "templates: {executions: {sets: {org: {directory: x}}, rules: [%s]}}"
IN_MATCH = IN_RULES % "{match: {%s}, use: org}"
IN_DATA = IN_SETS % "org: {directory: x, data: {%s}}"
SETS, RULES, DATA = "templates.executions.sets", "templates.executions.rules", "templates.executions.sets.org.data"

MISTAKES: dict[str, tuple[str, str]] = {
    # the structure
    "templates no mapping": ("templates: [a]", "templates: expected `key: value` lines"),
    "templates empty": ("templates:", "templates: expected `key: value` lines"),
    "unknown kind": ("templates: {execution: {}}", "templates: unknown key 'execution'"),
    "kind twice": ("templates: {subplans: {}, subplans: {}}", "templates: the key 'subplans' is defined twice"),
    "kind no mapping": ("templates: {subplans: org}", "templates.subplans: expected `key: value` lines"),
    "unknown key of a kind": ("templates: {subplans: {set: {}}}", "templates.subplans: unknown key 'set'"),
    "list as a key": ("templates: {? [a] : {}}", "templates: expected a text as a key"),
    "merge": ("templates: {<<: {subplans: {}}}", "templates: unknown key '<<'"),
    "unknown default": ("templates: {subplans: {default: org}}", "templates.subplans.default: there is no set 'org'"),
    "default nothing": (
        "templates: {subplans: {default: nothing}}",
        "templates.subplans.default: there is no set 'nothing'",
    ),
    "default empty": ("templates: {subplans: {default: }}", "templates.subplans.default: expected the name of a set"),
    "default a list": (
        "templates: {subplans: {default: [a]}}",
        "templates.subplans.default: expected the name of a set",
    ),
    "set of the other kind": (
        "templates: {executions: {sets: {org: {directory: x}}}, subplans: {default: org}}",
        "templates.subplans.default: there is no set 'org'",
    ),
    # sets
    "sets a list": ("templates: {executions: {sets: [a]}}", f"{SETS}: expected `key: value` lines"),
    "set a text": (IN_SETS % "org: templates/org", f"{SETS}.org: expected `key: value` lines"),
    "set twice": (IN_SETS % "org: {directory: x}, org: {directory: y}", f"{SETS}: the key 'org' is defined twice"),
    "set merged": (IN_SETS % "<<: {org: {directory: x}}", f"{SETS}: `<<` merges mappings, which is not supported"),
    "set without a name": (IN_SETS % "'': {directory: x}", f"{SETS}: expected a text as a key"),
    "name with a slash": (IN_SETS % "a/b: {directory: x}", f"{SETS}: no set can have the name 'a/b'"),
    "name with a dot": (IN_SETS % "a.b: {directory: x}", f"{SETS}: no set can have the name 'a.b'"),
    "name like an option": (IN_SETS % "-a: {directory: x}", f"{SETS}: no set can have the name '-a'"),
    "name with an umlaut": (IN_SETS % "größe: {directory: x}", f"{SETS}: no set can have the name 'größe'"),
    "long name": (
        IN_SETS % f"{'a' * 101}: {{directory: x}}",
        f"{SETS}: no set can have the name '{'a' * 100}'…",
    ),
    **{
        f"reserved {name}": (IN_SETS % f"{name}: {{directory: x}}", f"{SETS}: '{name}' is reserved")
        for name in ("built-in", "nothing", "refuse", "sections", "template", "Sections")
    },
    "names by capitals": (
        IN_SETS % "org: {directory: x}, Org: {directory: y}",
        f"{SETS}: Org and org differ in capitals only",
    ),
    "unknown key of a set": (IN_SETS % "org: {directory: x, dir: y}", f"{SETS}.org: unknown key 'dir'"),
    "directory missing": (IN_SETS % "org: {}", f"{SETS}.org: `directory` is missing"),
    "directory twice": (
        IN_SETS % "org: {directory: x, directory: x}",
        f"{SETS}.org: the key 'directory' is defined twice",
    ),
    "directory empty": (IN_SETS % "org: {directory: }", f"{SETS}.org.directory: expected a string"),
    "directory blank": (IN_SETS % "org: {directory: ' '}", f"{SETS}.org.directory: expected a string"),
    "directory a number": (IN_SETS % "org: {directory: 3}", f"{SETS}.org.directory: expected a string"),
    "directory a list": (IN_SETS % "org: {directory: [x]}", f"{SETS}.org.directory: expected a string"),
    "directory absolute": (
        IN_SETS % "org: {directory: /srv/org}",
        f"{SETS}.org.directory: '/srv/org' is an absolute path",
    ),
    "directory with NUL": (
        IN_SETS % 'org: {directory: "a\\0"}',
        f"{SETS}.org.directory: no directory can have this name",
    ),
    "directory with half a pair": (
        IN_SETS % 'org: {directory: "\\ud800"}',
        f"{SETS}.org.directory: no directory can have this name",
    ),
    "directory above": (
        IN_SETS % "org: {directory: ../org}",
        f"{SETS}.org.directory: '../org' leads out of the workspace",
    ),
    "directory above on the way": (
        IN_SETS % "org: {directory: a/../../b/org}",
        f"{SETS}.org.directory: 'a/../../b/org' leads out of the workspace",
    ),
    "over unknown": (IN_SETS % "org: {directory: x, over: og}", f"{SETS}.org.over: there is no set 'og'"),
    "over refuse": (IN_SETS % "org: {directory: x, over: refuse}", f"{SETS}.org.over: there is no set 'refuse'"),
    "over empty": (IN_SETS % "org: {directory: x, over: }", f"{SETS}.org.over: expected the name of a set"),
    "over itself": (
        IN_SETS % "org: {directory: x, over: org}",
        f"{SETS}: the sets lie over each other in a circle: org → org",
    ),
    "circle": (
        IN_SETS % "top: {directory: x, over: a}, a: {directory: x, over: b}, b: {directory: x, over: a}",
        f"{SETS}: the sets lie over each other in a circle: a → b → a",
    ),
    # further variables
    "data a list": (IN_SETS % "org: {directory: x, data: [a]}", f"{DATA}: expected `key: value` lines"),
    "data empty": (IN_SETS % "org: {directory: x, data: }", f"{DATA}: expected `key: value` lines"),
    "variable no name": (IN_DATA % "two words: 1", f"{DATA}: 'two words' is no name for a variable"),
    "variable with a hyphen": (IN_DATA % "a-b: 1", f"{DATA}: 'a-b' is no name for a variable"),
    "variable of copier": (
        IN_DATA % "_tasks: [x]",
        f"{DATA}: '_tasks' begins with an underscore, as the names do that copier keeps for itself",
    ),
    **{
        f"variable {name}": (IN_DATA % f"{name}: 1", f"{DATA}: '{name}' is a variable of scaffold")
        for name in ("plan_name", "plan_document", "tasks", "task")
    },
    **{
        f"variable {name}": (IN_DATA % f"{name}: 1", f"{DATA}: '{name}' is a function that templates have already")
        for name in ("range", "dict", "now", "lipsum", "make_secret", "pathjoin")
    },
    **{
        f"variable {name}": (IN_DATA % f"'{name}': 1", f"{DATA}: '{name}' is a word of the template language")
        for name in ("loop", "self", "super", "caller", "true", "None", "not", "if", "else")
    },
    "variable twice": (IN_DATA % "a: 1, a: 2", f"{DATA}: the key 'a' is defined twice"),
    "variable read as truth": (IN_DATA % "on: 1", f"{DATA}: the key 'on' is no text"),
    "data merged": (IN_DATA % "<<: {a: 1}", f"{DATA}: `<<` merges mappings, which is not supported"),
    "merged inside": (IN_DATA % "a: [{<<: {b: 1}}]", f"{DATA}: `<<` merges mappings, which is not supported"),
    "number as a key": (IN_DATA % "a: {1: x}", f"{DATA}: the key '1' is no text"),
    "list as a key inside": (IN_DATA % "a: {? [x] : y}", f"{DATA}: expected a text as a key"),
    "twice inside": (IN_DATA % "a: {b: 1, b: 2}", f"{DATA}: the key 'b' is defined twice"),
    "infinite": (IN_DATA % "a: [.inf]", f"{DATA}: JSON has no value '.inf'"),
    "infinite by its size": (IN_DATA % "a: 1.0e+999", f"{DATA}: JSON has no value '1.0e+999'"),
    "not a number": (IN_DATA % "a: .NaN", f"{DATA}: JSON has no value '.NaN'"),
    "huge number": (IN_DATA % "a: 9223372036854775808", f"{DATA}: JSON has no value '9223372036854775808'"),
    "endless number": (IN_DATA % f"a: {'1:' * 200}1", f"{DATA}: JSON has no value '{'1:' * 50}'…"),
    "no number": (IN_DATA % "a: !!int x", f"{DATA}: JSON has no value 'x'"),
    "no truth": (IN_DATA % "a: !!bool x", f"{DATA}: JSON has no value 'x'"),
    "half a pair": (IN_DATA % 'a: "\\ud800"', f"{DATA}: '\\ud800' has half of a surrogate pair"),
    "half a pair in a key": (IN_DATA % 'a: {"\\ud800": 1}', f"{DATA}: '\\ud800' has half of a surrogate pair"),
    "object": (
        IN_DATA % "a: !!python/object/apply:os.system [ls]",
        "templates: the tag '!!python/object/apply:os.system' is not known here",
    ),
    "own tag": (IN_DATA % "a: !secret x", "templates: the tag '!secret' is not known here"),
    "set of YAML": (IN_DATA % "a: !!set {x}", "templates: the tag '!!set' is not known here"),
    "tag on a key": (IN_DATA % "a: {!key x: y}", "templates: the tag '!key' is not known here"),
    # rules
    "rules a mapping": ("templates: {executions: {rules: {}}}", f"{RULES}: expected a list of rules"),
    "rule a text": (IN_RULES % "org", f"{RULES}.1: expected `key: value` lines"),
    "unknown key of a rule": (
        IN_RULES % "{match: {a: b}, use: org, when: x}",
        f"{RULES}.1: unknown key 'when'",
    ),
    "match missing": (IN_RULES % "{use: org}", f"{RULES}.1: `match` is missing"),
    "match empty": (IN_RULES % "{match: {}, use: org}", f"{RULES}.1.match: expected at least one key"),
    "match a text": (IN_RULES % "{match: org, use: org}", f"{RULES}.1.match: expected `key: value` lines"),
    "match merged": (IN_MATCH % "<<: {a: b}", f"{RULES}.1.match: `<<` merges mappings, which is not supported"),
    "match twice": (IN_MATCH % "a: b, a: c", f"{RULES}.1.match: the key 'a' is defined twice"),
    "match without a key": (IN_MATCH % "'': b", f"{RULES}.1.match: expected a text as a key"),
    "match nothing": (IN_MATCH % "team: ", f"{RULES}.1.match.team: expected a text or a list of texts"),
    "match a mapping": (IN_MATCH % "team: {a: b}", f"{RULES}.1.match.team: expected a text or a list of texts"),
    "match an empty list": (IN_MATCH % "team: []", f"{RULES}.1.match.team: expected at least one text"),
    "match a list in a list": (IN_MATCH % "team: [a, [b]]", f"{RULES}.1.match.team: expected a text"),
    "match a tag": (IN_MATCH % "team: !x a", "templates: the tag '!x' is not known here"),
    "key of two words": (IN_MATCH % "my team: []", f"{RULES}.1.match.'my team': expected at least one text"),
    **{
        f"id {id_}": (IN_MATCH % f"id: '{id_}'", f"{RULES}.1.match.id: no achievement can have the id '{id_}'")
        for id_ in ("3", "*", "3*", "3.1*", "01.2", "1.", ".1", "1..2", "a.b", "1.2 ", "3.**", "", "1." * 25 + "1")
    },
    **{
        f"level {level}": (IN_MATCH % f"level: '{level}'", f"{RULES}.1.match.level: no level is called '{level}'")
        for level in ("x", "-1", "01", "1.0", "*", "")
    },
    "use missing": (IN_RULES % "{match: {a: b}}", f"{RULES}.1: `use` is missing"),
    "use unknown": (IN_RULES % "{match: {a: b}, use: orf}", f"{RULES}.1.use: there is no set 'orf'"),
    "use nothing": (IN_RULES % "{match: {a: b}, use: nothing}", f"{RULES}.1.use: there is no set 'nothing'"),
    "use a list": (IN_RULES % "{match: {a: b}, use: [org]}", f"{RULES}.1.use: expected the name of a set"),
    "second rule": (
        IN_RULES % "{match: {a: b}, use: org}, {match: {a: b}, use: x}",
        f"{RULES}.2.use: there is no set 'x'",
    ),
}


@pytest.mark.parametrize(("text", "message"), MISTAKES.values(), ids=MISTAKES.keys())
def test_every_mistake_is_one_message_with_its_line(text: str, message: str) -> None:
    assert mistakes(f"# a comment\n\n{text}\n") == [(3, message)]


def test_all_mistakes_of_a_file_come_at_once_each_with_its_own_line() -> None:
    text = """\
colour: red
templates:
  executions:
    sets:
      org:
        directory: /org
        over:
          orgs
        data:
          ok: fine
          range: 1
          deep:
            - a
            - .inf
      refuse: {directory: x}
      a: {directory: x, over: b}
      b:
        over: a
        directory: x
    rules:
      - match:
          id: 3
          level:
            - 0
            - top
        use: orgg
      - use: org
    default: none
  subplan: {}
"""
    assert sorted(mistakes(text), key=lambda one: one[0] or 0) == [
        (1, "the top level: unknown key 'colour'"),
        (6, "templates.executions.sets.org.directory: '/org' is an absolute path"),
        (8, "templates.executions.sets.org.over: there is no set 'orgs'"),
        (11, "templates.executions.sets.org.data: 'range' is a function that templates have already"),
        (14, "templates.executions.sets.org.data: JSON has no value '.inf'"),
        (15, "templates.executions.sets: 'refuse' is reserved"),
        (16, "templates.executions.sets: the sets lie over each other in a circle: a → b → a"),
        (22, "templates.executions.rules.1.match.id: no achievement can have the id '3'"),
        (25, "templates.executions.rules.1.match.level: no level is called 'top'"),
        (26, "templates.executions.rules.1.use: there is no set 'orgg'"),
        (27, "templates.executions.rules.2: `match` is missing"),
        (28, "templates.executions.default: there is no set 'none'"),
        (29, "templates: unknown key 'subplan'"),
    ]


def test_an_unknown_set_comes_with_the_nearest_name_and_all_that_are_known() -> None:
    def hint(inside: str) -> str | None:
        with pytest.raises(InvalidInput) as caught:
            executions(inside)
        return caught.value.diagnostics[0].hint

    sets = "sets: {security: {directory: x}, data: {directory: x%s}}"
    known = "known names: built-in, refuse, security, data"
    assert hint(f"{{{sets % ''}, default: secruity}}") == f"did you mean security? {known}"
    assert hint(f"{{{sets % ''}, default: zzz}}") == known
    assert hint(f"{{{sets % ', over: buildin'}}}") == (
        "did you mean built-in? known names: built-in, nothing, security, data"
    )


# --- bounds -----------------------------------------------------------------------------------------------------------

HEAD = "templates:\n  executions:\n    sets:\n      org:\n        directory: x\n        data:\n"
LAUGHS = "          v0: &v0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"          v{at}: &v{at} [{', '.join([f'*v{at - 1}'] * 9)}]\n" for at in range(1, 30)
)
OVER = "templates: more than 100,000 values, counting each time what an alias repeats"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(HEAD + LAUGHS, (12, OVER), id="aliases of aliases"),
        pytest.param(HEAD + "          v: &v [*v, *v]\n", (7, OVER), id="a list in itself"),
        pytest.param(HEAD + "          v: &v {v: *v}\n", (7, OVER), id="a mapping in itself"),
        pytest.param("templates: &t\n  executions: *t\n", (1, OVER), id="all in itself"),
        pytest.param(
            "templates:\n  subplans:\n    rules:\n    - &r {match: {a: [" + "x, " * 1000 + "]}, use: built-in}\n"
            "    - [" + "*r, " * 200 + "]\n",
            (5, OVER),
            id="many small aliases",
        ),
        pytest.param(
            HEAD + "          v: &v [" + "x, " * 99 + "]\n          w: [" + "*v, " * 100 + "]\n",
            (7, f"{DATA}: more than 10,000 values, counting each time what an alias repeats"),
            id="many variables",
        ),
        pytest.param(
            HEAD + f"          v: {'[' * 20}{']' * 20}\n", (7, f"{DATA}: nested deeper than 20"), id="deep variables"
        ),
        pytest.param(
            HEAD + "".join(f"          v{at}: &v{at} [{f'*v{at - 1}' if at else ''}]\n" for at in range(100)),
            (7, f"{DATA}: nested deeper than 20"),
            id="deep by aliases",
        ),
    ],
)
def test_what_is_small_on_paper_and_endless_in_memory_is_one_message(text: str, expected: tuple[int, str]) -> None:
    assert mistakes(text) == [expected]


def test_ten_thousand_values_and_twenty_levels_are_read() -> None:
    assert data("v: [" + "x, " * 9_998 + "]\nw: 1\n")["w"] == 1
    assert data(f"v: {'[' * 19}{']' * 19}\n")


def test_many_unknown_names_among_many_are_one_list_with_the_number_of_the_others() -> None:
    sets = "".join(f"      team_{at}: {{directory: x, over: taem_{at}}}\n" for at in range(3_000))
    with pytest.raises(InvalidInput, match=r"and 2,900 more$"):
        settings.parse(f"templates:\n  executions:\n    sets:\n{sets}", "scaffold.yml")


# --- properties -------------------------------------------------------------------------------------------------------


@given(st.from_regex(ID_PATTERN.pattern, fullmatch=True), st.integers(0, 12))
def test_there_is_an_id_for_every_pattern_that_is_accepted(pattern: str, number: int) -> None:
    assert is_achievement_id(pattern.replace("*", str(number))) or len(pattern) > 40


@pytest.mark.parametrize("name", ["recursive", "ignore", "without", "context", "elif", "class", "größe"])
def test_a_word_that_the_template_language_only_has_in_its_statements_can_be_a_variable(name: str) -> None:
    assert template_names.reason_against(name) is None


SHAPES = (
    "{{ W }}{% if W %}{{ W ~ 1 }}{% endif %}{% set copy_ = W %}{{ copy_ }}",
    "{% for letter_ in W %}{{ letter_ }}{{ W }}{% endfor %}{{ W if W else 2 }}{{ W | upper }}",
    "{% block b %}{{ W }}{% endblock %}{% macro macro_() %}{{ W }}{% endmacro %}{{ macro_() }}",
    "{% macro macro_() %}{{ caller() }}{% endmacro %}{% call macro_() %}{{ W }}{% endcall %}",
)


@given(st.one_of(st.from_regex(r"[^\W\d_]\w{0,4}", fullmatch=True), st.sampled_from(["recursive", "with", "elif"])))
def test_a_variable_with_an_accepted_name_is_what_it_is_wherever_a_template_names_it(name: str) -> None:
    if template_names.reason_against(name) is None:
        for shape in SHAPES:
            written, plain = (shape.replace("W", own) for own in (name, "word"))
            environment = jinja2.Environment(undefined=jinja2.StrictUndefined)  # noqa: S701 - no HTML
            expected = environment.from_string(plain).render(word="v")
            assert environment.from_string(written).render({name: "v"}) == expected


@pytest.mark.parametrize("name", sorted(template_names.WORDS - {"and", "or", "in", "is", "if", "else"}))
def test_a_refused_word_would_be_something_else_somewhere_in_a_template(name: str) -> None:
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)  # noqa: S701 - no HTML

    def rendered(shape: str) -> str:
        try:
            return environment.from_string(shape.replace("W", name)).render({name: "v"})
        except jinja2.TemplateError as error:
            return str(error)

    assert any(
        rendered(shape) != environment.from_string(shape.replace("W", "word")).render(word="v")
        for shape in (*SHAPES, "{% macro macro_() %}{{ W }}{% endmacro %}{{ macro_() }}")
    )


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"]), max_size=8)
halves = st.integers(-1000, 1000).map(lambda number: number / 8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | halves | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts.filter(bool), inner, max_size=3),
    max_leaves=10,
)


@given(values)
def test_values_written_as_json_come_back_as_they_are(value: Json) -> None:
    assert data(f"v: {json.dumps(value, ensure_ascii=False)}") == {"v": value}


# --- the schema for editors -------------------------------------------------------------------------------------------

BEYOND = {
    "kind twice",
    "unknown default",
    "default empty",
    "set of the other kind",
    "set twice",
    "names by capitals",
    "directory twice",
    "directory with half a pair",
    "directory above on the way",
    "over unknown",
    "over empty",
    "over itself",
    "circle",
    "variable twice",
    "variable read as truth",
    "merged inside",
    "number as a key",
    "list as a key inside",
    "twice inside",
    "infinite",
    "infinite by its size",
    "not a number",
    "huge number",
    "endless number",
    "no number",
    "no truth",
    "half a pair",
    "half a pair in a key",
    "object",
    "own tag",
    "set of YAML",
    "tag on a key",
    "match twice",
    "match nothing",
    "match a tag",
    "use unknown",
    "second rule",
}
"""The mistakes that no schema can tell: what a name refers to, how a value is written, what YAML makes of it."""


def test_the_schema_accepts_what_is_accepted() -> None:
    for text in (
        EXAMPLE,
        IN_MATCH % "id: 1.10, level: 0, team: no, other: ~, more: [1, 2026-01-02, 1.5, yes, null]",
        IN_MATCH % "id: [1.1, 2.*, '*.*.3'], level: ['1', 2]",
        "templates: {executions: {sets: {no: {directory: x}, 1: {directory: x, over: no}}, default: 1}}",
        IN_DATA % "größe: 1, a1_: {any thing: [~, 2026-01-02]}",
        "templates: {executions: {}, subplans: {sets: {}, rules: [], default: refuse}}",
    ):
        settings.parse(text, "scaffold.yml")
        assert settings_schema.faults(text) == []


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_schema_refuses_what_a_schema_can_tell(mistake: str) -> None:
    assert (settings_schema.faults(MISTAKES[mistake][0]) == []) == (mistake in BEYOND)


NAMES = ("org", "no", "1", "1e-3", "built-in", "nothing", "refuse", "~", "", "[a]", "1.5", "-a", "Org", "'1'")
ODD = (
    *("x", "1.10", "3.*", "0", "yes", "~", "", "''", "'a b'", "[]", "{}", "[x, 2.1]", "[1.1, 1.2]", "[[x]]", "{x: y}"),
    *("/x", "../x", "..", "./../x", "a/b", ".inf", "2026-01-02", "1_0", "0x1F", "12:30", "-1", '"\\0"', "!t x", "<<"),
)
PLACES = (
    "sets: {%s: {directory: x}, no: {directory: x}, 1: {directory: x}, 1e-3: {directory: x}}, default: %s",
    "sets: {org: {directory: x, over: %s}, no: {directory: x}, 1: {directory: x, over: %s}}",
    "sets: {org: {directory: %s}, no: {directory: x}}, rules: [{match: {team: %s}, use: no}]",
    "rules: [{match: {id: %s}, use: built-in}, {match: {level: %s}, use: refuse}]",
    "sets: {org: {directory: x, data: {größe: %s, b: {c: %s}}}}",
    "sets: {org: {directory: x, data: {%s: %s}}}",
    "sets: {org: {directory: x}, 1: {directory: x}}, rules: [{match: {%s: x}, use: %s}]",
)
slots = st.sampled_from(NAMES) | st.sampled_from(ODD)


@given(st.sampled_from(PLACES), slots, slots)
def test_what_scaffold_reads_the_schema_accepts_and_the_rest_is_told_as_mistakes(
    place: str, first: str, second: str
) -> None:
    text = f"templates: {{executions: {{{place % (first, second)}}}}}"
    try:
        settings.parse(text, "scaffold.yml")
    except InvalidInput:
        return
    assert settings_schema.faults(text) == []
