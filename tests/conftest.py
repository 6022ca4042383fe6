"""What every test may count on: an end, signals, no real home, no user settings; and a way to run scaffold."""

import copy
import gc
import io
import itertools
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from scaffold import cli, clock, terminal
from scaffold.errors import STOPPING
from scaffold.model import Json
from scaffold.templates import samples
from tests import manual, schema

# A machine that is busy with something else makes no example wrong.
settings.register_profile("scaffold", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("scaffold")


LONGEST = 300
"""Seconds after which a test hangs. A busy machine is slow; what waits for a pipe or a lock waits for ever."""


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    def late(_number: int, _frame: object) -> None:
        pytest.fail(f"hangs: it is not done after {LONGEST} seconds")  # no Exception: nothing on the way swallows it

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(LONGEST)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="session", autouse=True)
def _signals_arrive() -> Iterator[None]:
    """Handle the signals that end a run as a shell in the foreground hands them over, whoever started the tests.

    What the parent ignores (`nohup`, a job in the background) would stay ignored, in every process that a test starts.
    """
    before = {number: signal.signal(number, signal.SIG_DFL) for number in STOPPING}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield a home for each test: new directories side by side, away from those that pytest counts."""
    base = tmp_path_factory.mktemp("homes")
    return (base / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def _away_from_home(_homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    home = next(_homes)
    home.mkdir()
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home))
    (home / "copier.yml").write_text("{}\n")
    monkeypatch.setenv("COPIER_SETTINGS_PATH", str(home / "copier.yml"))
    for name in ("CI", *terminal.AGENTS):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def _no_real_fsync(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where power cuts are not simulated: waiting for the disk at every step of every run takes minutes."""
    monkeypatch.setattr(os, "fsync", lambda fd: None)


@pytest.fixture
def _samples_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where many sets are checked: the samples are the same every time, and making them takes as long as rendering."""
    for name in ("_execution_task", "_subplan"):
        monkeypatch.setattr(samples, name, _once(getattr(samples, name)))


Variables = dict[str, Json]
MADE: dict[tuple[str, ...], Variables] = {}


def _once(make: Callable[[str, str, Mapping[str, Json]], Variables]) -> Callable[..., Variables]:
    def made(name: str, id_: str, extra: Mapping[str, Json]) -> Variables:
        key = (make.__name__, name, id_, json.dumps(extra, sort_keys=True))
        if key not in MADE:
            MADE[key] = make(name, id_, extra)
        return copy.deepcopy(MADE[key])

    return made


class Terminal(io.StringIO):
    """Standard input of a person who types these lines."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _one_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test go past midnight: documents made one after the other carry the same date."""
    today = clock.today()
    monkeypatch.setattr(clock, "today", lambda: today)


@dataclass(frozen=True)
class Outcome:
    """What one run of the command line did."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Json]:
        """The one JSON document on stdout, which is as the published schema says, and its codes as the manual says."""
        loaded: dict[str, Json] = json.loads(self.out)
        assert schema.faults(loaded) == []
        wrong = {code for code, _ in codes(loaded)}
        known = manual.exit_codes_of(wrong) | ({3} if loaded["kind"] == "check" else set())
        assert not wrong or self.code in known, (self.code, wrong)
        return loaded


def codes(document: dict[str, Json], severity: str = "error") -> list[tuple[str, str | None]]:
    """Return (code, path) of the diagnostics of one severity."""
    diagnostics = document["diagnostics"]
    assert isinstance(diagnostics, list)
    return [(one["code"], one["path"]) for one in diagnostics if one["severity"] == severity]  # type: ignore[call-overload,index,misc]


Scaffold = Callable[..., Outcome]


@pytest.fixture
def scaffold(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Scaffold:
    """Run `scaffold ARGUMENTS…` in this process; `typed` is what a person answers at a terminal."""

    def run(*arguments: str | Path, typed: str | None = None) -> Outcome:
        monkeypatch.setattr(sys, "stdin", io.StringIO("") if typed is None else Terminal(typed))
        capsys.readouterr()
        code = cli.run([str(one) for one in arguments])
        shown = capsys.readouterr()
        return Outcome(code, shown.out, shown.err)

    return run


Answering = Callable[..., list[str]]


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Answering:
    """Answer what `input` asks; gives the list of the questions. Without an answer, a question fails the test."""

    def answer(*answers: str | BaseException) -> list[str]:
        questions: list[str] = []
        left = list(answers)

        def typed(question: str = "") -> str:
            questions.append(question)
            given = left.pop(0)
            if isinstance(given, BaseException):
                raise given
            return given

        monkeypatch.setattr("builtins.input", typed)
        return questions

    return answer


ROOT = Path(__file__).parent.parent

MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes a directory there that is the user's own
ROOM = 2**30
"""Bytes that must be free there: more than a whole run takes."""


def pytest_configure(config: pytest.Config) -> None:
    """Put the files of the tests into memory where that can be: fsync is most of what they wait for."""
    if config.option.basetemp is None and suits(MEMORY, os.environ):
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(MEMORY)
    # A forked child ends without saving what coverage saw in it; to be watched only made it slow.
    os.register_at_fork(after_in_child=lambda: sys.settrace(None))


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over the tests themselves: there are thousands, and they stay to the end."""
    gc.collect()
    gc.freeze()


def suits(directory: Path, environment: Mapping[str, str]) -> bool:
    """Whether a directory can take the files of the tests: nobody named another, and all that they do works there."""
    if {"PYTEST_DEBUG_TEMPROOT", "TMPDIR"} & set(environment) or not os.access(directory, os.W_OK | os.X_OK):
        return False
    found = os.statvfs(directory)
    return found.f_bavail * found.f_frsize >= ROOM and not found.f_flag & os.ST_NOEXEC


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the one command that brings examples and golden files up to date."""
    parser.addoption("--rewrite", action="store_true", help="write what is generated now into docs and golden files")
