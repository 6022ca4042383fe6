"""Templates see nothing but their set and their variables: what they may use is listed, and the list is copier's."""

import warnings
from pathlib import Path

import pytest
from copier._jinja_ext import YieldExtension
from copier._main import Worker

from scaffold import render
from scaffold.errors import InvalidInput
from scaffold.render import environment as environment_module
from scaffold.render import language
from tests.trees import build

NAME = "template/{{ name }}.md.jinja"
CONFIG = "_subdirectory: template\n_envops: {undefined: jinja2.StrictUndefined}\nname: {type: str, default: X}\n"
ANSWERS = {"name": "T", "words": ["b", "a"], "more": {"team": "payments"}}


def made(root: Path, body: str, config: str = CONFIG, **files: str) -> str:
    """Render one document with `body` as its template."""
    tree = {"copier.yml": config, NAME: body} | {key.replace("__", "/"): text for key, text in files.items()}
    template = render.from_directory(str(build(root / "set", tree)))
    return render.render(template, ANSWERS, ("T.md",)).documents["T.md"].decode()  # type: ignore[arg-type]


def refused(root: Path, body: str, config: str = CONFIG, **files: str) -> str:
    with pytest.raises(InvalidInput) as caught:
        made(root, body, config, **files)
    (told,) = caught.value.diagnostics
    assert told.hint
    assert told.path is None or Path(told.path).exists()
    return f"{told.path}:{told.line}: {told.message}".removeprefix(f"{root}/set/")


@pytest.fixture(scope="module")
def copiers_own(tmp_path_factory: pytest.TempPathFactory) -> Worker:
    root = build(tmp_path_factory.mktemp("own"), {"copier.yml": CONFIG, NAME: ""})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        own = Worker(src_path=str(root), dst_path=root / "out", data={"name": "T"}, defaults=True, quiet=True)
        own.jinja_env  # noqa: B018 - a cached property that warns
    return own


def test_every_filter_test_and_global_of_copiers_environment_is_listed(copiers_own: Worker) -> None:
    environment = copiers_own.jinja_env
    assert set(language.FILTERS) == set(environment.filters)
    assert set(language.TESTS) == set(environment.tests)
    assert set(language.GLOBALS) == {*environment.globals, *copiers_own._render_context()}


def test_a_name_that_is_not_listed_is_refused(copiers_own: Worker) -> None:
    environment = copiers_own.jinja_env
    kinds: tuple[dict[str, object], ...] = (environment.filters, environment.tests, environment.globals)  # type: ignore[assignment]
    for kind in kinds:
        kind["brand_new"] = str
    restricted = environment_module.restricted(
        environment,
        copiers_own.template.envops,
        render.built_in("plan"),
        YieldExtension,
        environment_module.Restricted,
    )
    for body in ("{{ 1 | brand_new }}", "{{ 1 is brand_new }}", "{{ brand_new(1) }}"):
        with pytest.raises(Exception, match=r"brand_new is refused \(scaffold does not know it\)"):
            restricted.from_string(body).render()
    for kind in kinds:
        del kind["brand_new"]


@pytest.mark.parametrize("name", [name for name, rule in language.FILTERS.items() if not rule.allowed])
@pytest.mark.parametrize("body", ["{{ '~' | %s }}", "{{ ['~'] | map('%s') | list }}"])
def test_a_refused_filter_is_named_with_its_reason_and_its_line(tmp_path: Path, name: str, body: str) -> None:
    message = refused(tmp_path, f"ok\n{body % name}\n")
    assert message.startswith(f"{NAME}:2: template ")
    assert message.endswith(f": the filter {name} is refused ({language.FILTERS[name].why})")


@pytest.mark.parametrize("name", [name for name, rule in language.GLOBALS.items() if not rule.allowed])
@pytest.mark.parametrize("body", ["{{ %s }}", "{{ %s() }}", "{{ %s.src_path }}", "{%% for x in %s %%}{%% endfor %%}"])
def test_a_refused_variable_is_named_with_its_reason_and_its_line(tmp_path: Path, name: str, body: str) -> None:
    loose = CONFIG.replace("StrictUndefined", "Undefined")
    message = refused(tmp_path, f"ok\n{body % name}\n", loose)
    assert message.startswith(f"{NAME}:2: template ")
    assert message.endswith(f": the variable {name} is refused ({language.GLOBALS[name].why})")


@pytest.mark.parametrize("name", [name for name, rule in language.SETTINGS.items() if not rule.allowed])
@pytest.mark.parametrize("place", ["copier.yml", "more.yml"])
def test_a_refused_setting_is_named_with_its_reason_also_from_a_file_that_is_included(
    tmp_path: Path, name: str, place: str
) -> None:
    setting = f"{name}: {{x: y}}\n" if name == "_external_data" else f"{name}: [x]\n"
    config = f"---\n!include more.yml\n---\n{CONFIG}" if place == "more.yml" else CONFIG + setting
    message = refused(tmp_path, "x", config, **{"more.yml": setting if place == "more.yml" else ""})
    assert message.endswith(f": the setting {name} is refused ({language.SETTINGS[name].why})")
    assert place == "more.yml" or message.startswith("copier.yml:4: ")


@pytest.mark.parametrize(
    ("config", "named"),
    [
        pytest.param("_tsks: [x]\n", "_tsks is refused (scaffold does not know it)", id="misspelt"),
        pytest.param("_envops: {finalize: x}\n", "_envops: finalize is refused", id="environment"),
        pytest.param("_envops: {enable_async: true}\n", "_envops: enable_async is refused", id="async"),
        pytest.param("token: {type: str, default: x, secret: true}\n", "token: secret is refused", id="secret"),
        pytest.param("_preserve_symlinks: true\n", "_preserve_symlinks is refused", id="links"),
    ],
)
def test_settings_that_could_change_more_than_texts_are_refused(tmp_path: Path, config: str, named: str) -> None:
    assert named in refused(tmp_path, "x", "_subdirectory: template\nname: X\n" + config)


def test_links_that_are_not_preserved_are_what_counts_anyway(tmp_path: Path) -> None:
    assert made(tmp_path, "x", CONFIG + "_preserve_symlinks: false\n") == "x"


@pytest.mark.parametrize(
    "body",
    [
        "{{ ''.__class__ }}",
        "{{ ''['__class__'].mro() }}",
        "{{ '' | attr('__class__') }}",
        "{{ words | map(attribute='__class__') | map(attribute='__mro__') | list }}",
        "{{ words | selectattr('__class__') | list }}",
        "{{ range.__globals__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ '{0.__class__}'.format('') }}",
        "{{ '{}'.format('a') }}{{ '{0.__class__}'.format('') }}",
        "{{ ('{}' | attr('format'))('a') }}{{ '{0.__class__}'.format('') }}",
        "{{ '{}'['format']('a') }}{{ ['{0.__class__}'] | map(attribute='format') | first | string }}",
        "{{ 'a'.strip() }}{{ 'a'.strip() }}{{ 'a'.__class__ }}",
        "{{ self._TemplateReference__context.environment }}",
        "{% macro m() %}{% endmacro %}{% block b %}{{ m.name }}{{ self.b.name }}{% endblock %}",
        "{{ self | to_yaml }}",
        "{{ ('2020-01-01' | from_yaml).today() }}",
        "{{ ('2020-01-01 00:00:00' | to_datetime).now() }}",
        "{% include '/etc/passwd' %}",
        "{% include '../../../../../../../etc/passwd' %}",
        "{% include '.git/config' %}",
        "{% import '.git/config' as config %}",
    ],
)
def test_no_way_leads_out_of_the_sandbox_or_the_set(tmp_path: Path, body: str) -> None:
    assert refused(tmp_path, body, **{".git/config": "url = secret"}).startswith(f"{NAME}:1: ")


@pytest.mark.parametrize(
    "body",
    [
        "{{ range }}",
        "{{ range ~ '' }}",
        "{{ [range] }}",
        "{{ range | string }}",
        "{{ '%s' % range }}",
        "{{ '%s' % {'a': range} }}",
        "{{ '%s' | format(range) }}",
        "{{ '{}'.format(range) }}",
        "{{ '{0.upper}'.format('a') }}",
        "{{ '{a.upper}'.format_map({'a': 'a'}) }}",
        "{{ ('{}' | escape).format(range) }}",
        "{{ 'a'.upper }}",
        "{{ self }}",
        "{{ cycler('a') }}",
        "{{ joiner() ~ '' }}",
        "{{ namespace(a=range) }}",
        "{% macro m() %}{% endmacro %}{{ m }}",
        "{% block b %}{{ self.b ~ '' }}{% endblock %}",
        "{{ '!!set {a, b}' | from_yaml }}",
        "{% for x in '!!set {a, b}' | from_yaml %}{{ x }}{% endfor %}",
        "{% for x in more.keys() - [] %}{{ x }}{% endfor %}",
    ],
)
def test_what_has_another_text_in_every_run_cannot_be_printed(tmp_path: Path, body: str) -> None:
    assert "its text would be different in every run" in refused(tmp_path, body)


def test_a_default_without_an_order_is_refused(tmp_path: Path) -> None:
    assert "this is a set" in refused(tmp_path, "{% for x in s %}{{ x }}{% endfor %}", CONFIG + "s: !!set {a, b}\n")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{{ words | sort | join(', ') }}", "a, b"),
        ("{{ words | map('upper') }}", "['B', 'A']"),
        ("{{ words[0] ~ 1 ~ none }}", "b1None"),
        ("{{ '%s %02d' % ('a', 3) }}{{ '{:>3}{x}'.format(1, x='y') }}", "a 03  1y"),
        ("{{ ('<{}>' | safe).format('<' | escape) }}", "<&lt;>"),
        ("{% for x in words %}{{ loop.index }}{{ loop.cycle('-', '+') }}{{ x }}{% endfor %}", "1-b2+a"),
        ("{% set c = cycler('x', 'y') %}{{ c.next() }}{{ c.next() }}{{ c.current }}", "xyx"),
        ("{% set j = joiner(';') %}{% for x in words %}{{ j() }}{{ x }}{% endfor %}", "b;a"),
        ("{% set n = namespace(a=1) %}{% set n.a = n.a + 1 %}{{ n.a }}", "2"),
        ("{% macro m(a) %}<{{ a }}{{ caller() }}>{% endmacro %}{% call m('x') %}y{% endcall %}{{ m.name }}", "<xy>m"),
        ("{% import 'macros' as m %}{{ m.hi('you') }}{% from 'macros' import hi %}{{ hi(1) }}", "hi youhi 1"),
        ("{% extends 'base' %}{% block b %}{{ super() }}!{% endblock %}", "[base!]"),
        ("{{ more.items() | list }}{{ more.team | replace('pay', 'x') }}", "[('team', 'payments')]xments"),
        ("{{ nothing is defined }}{{ now is defined }}{{ nothing | default('x') }}", "FalseFalsex"),
        ("{{ ('2020-01-31' | from_yaml).year }}{{ pathjoin('a', 'b') }}{{ 'a/b' | basename }}", "2020a/bb"),
        (
            "{{ {'a': 1} | to_json }}{{ {'a': 1} | tojson }}{{ {'a': 1} | combine({'b': 2}) }}",
            '{"a": 1}' * 2 + "{'a': 1, 'b': 2}",
        ),
    ],
)
def test_what_documents_are_made_with_works_as_in_jinja(tmp_path: Path, body: str, expected: str) -> None:
    files = {"macros": "{% macro hi(a) %}hi {{ a }}{% endmacro %}", "base": "[{% block b %}base{% endblock %}]"}
    assert made(tmp_path, body, **files) == expected


@pytest.mark.parametrize("target", ["/proc/self/environ", "../outside", "../set/.git/config"])
@pytest.mark.parametrize("link", ["template/T.md", "template/T.md.jinja", "notes", "template"])
def test_a_link_that_leads_out_of_the_set_is_refused(tmp_path: Path, link: str, target: str) -> None:
    root = build(tmp_path / "set", {"copier.yml": CONFIG, ".git/config": "secret"})
    build(tmp_path, {"outside": "secret"})
    (root / link).parent.mkdir(exist_ok=True)
    (root / link).symlink_to(target if target.startswith("/") else (root / target).resolve())
    with pytest.raises(InvalidInput, match="a link that leads out of the template set"):
        render.from_directory(str(root))


def test_a_link_inside_the_set_is_followed(tmp_path: Path) -> None:
    root = build(tmp_path / "set", {"copier.yml": CONFIG, "body": "{{ name }}", "template/": ""})
    (root / NAME).symlink_to("../body")
    (root / "loop").symlink_to("loop")
    assert render.render(render.from_directory(str(root)), ANSWERS, ("T.md",)).documents == {"T.md": b"T"}  # type: ignore[arg-type]
