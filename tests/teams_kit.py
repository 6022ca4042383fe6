"""A small workspace whose teams have template sets of their own: a plan, scaffold.yml, and layers as trees."""

import json
from collections.abc import Mapping
from pathlib import Path

from tests import plans
from tests.trees import Tree, build

SETTINGS = """\
templates:
  executions:
    sets:
      org:      {directory: templates/org}
      security: {directory: templates/security, over: org}
      data:     {directory: templates/data, over: org, data: {reviewer: Zoe}}
    rules:
      - {match: {team: [security, red]}, use: security}
      - {match: {id: ["2.*"], team: data}, use: data}
    default: org
"""

LAYERS = {
    "templates/org/sections/header.md.jinja": (
        '{% extends "built-in/sections/header.md.jinja" %}\n'
        "{% block more_header %}\n**Escalation**: ops@example.org  \n{% endblock %}\n"
    ),
    "templates/security/document.md.jinja": (
        '{% extends "org/document.md.jinja" %}\n'
        "{% block execution_instructions -%}\n"
        '{% include "sections/threat_model.md.jinja" -%}\n'
        "{{ super() }}\n"
        "{%- endblock %}\n"
    ),
    "templates/security/sections/threat_model.md.jinja": (
        "\n## Threat Model\n\n- [ ] Who could misuse {{ task.title }}?\n"
    ),
    "templates/data/sections/completion_checklist.md.jinja": (
        '{% extends "org/sections/completion_checklist.md.jinja" %}\n'
        "{% block more_checks -%}\n- [ ] Row counts compared by {{ reviewer }}\n{% endblock %}\n"
    ),
}

COMPLETE = {
    "copier.yml": (
        "_subdirectory: template\n_envops: {undefined: jinja2.StrictUndefined}\n"
        "plan_name: {type: str, default: X}\nplan_document: {type: str, default: X}\ntasks: {type: yaml, default: []}\n"
    ),
    "template/{% yield task from tasks %}EXECUTION_TASK_{{ plan_name }}_{{ task.slug }}_{{ task.number }}.md"
    "{% endyield %}.jinja": '{% include "body.md.jinja" %}',
    "body.md.jinja": "# {{ task.title }}\n",
}
"""The smallest complete set."""


def workspace(
    root: Path, settings: str = SETTINGS, layers: Tree = LAYERS, more: Mapping[str, Mapping[str, object]] | None = None
) -> Path:
    """Build a workspace with the plan `DEMO` in it, and return the plan's directory.

    `more` has further keys of achievements, by their ids.
    """
    given: dict[str, Mapping[str, object]] = {"1.1": {"team": "security"}, "2.1": {"team": "data"}, **(more or {})}
    achievements = [{**entry, **given.get(str(entry["id"]), {})} for entry in plans.THREE_LEVELS]
    build(root, {"scaffold.yml": settings, **layers})
    return plans.demo(root / "DEMO", {"parallel.json": json.dumps({"plan_name": "DEMO", "achievements": achievements})})


def complete(directory: str, **files: str) -> dict[str, str]:
    """Return the tree of a complete set below `directory`; `files` are over it: `copier`, `body`."""
    named = {"copier": "copier.yml", "body": "body.md.jinja"}
    tree = COMPLETE | {named.get(key, key): text for key, text in files.items()}
    return {f"{directory}/{path}": text for path, text in tree.items()}
