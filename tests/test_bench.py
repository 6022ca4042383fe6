"""The bench compares equal work in turn, and says nothing where it cannot know."""

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench import __main__ as bench
from tests.bench import rows, tables, worlds
from tests.bench.measure import Experiment, Machine, Measured, Sample, Side, WorkDiffers, made_in
from tests.bench.tables import Context, Found
from tests.bench.verdicts import DIFFERS, Limit, Verdict, outcome, ratio, spread_of, values, verdict_of

CONTEXT = Context("2026-11-22", "a machine", "Python 3", "1234567", None)
QUIET = [[Sample(0.01, 0, 0.01, 9e6)] * 3] * 3


def sample(user: float, system: float = 0.0, memory: float = 1e6) -> Sample:
    return Sample(user, system, user + system, memory)


def measured(subject: Sequence[float], partner: Sequence[float], **more: Sequence[float]) -> Measured:
    """Return samples that took so many seconds, on a quiet machine."""
    sides = {"subject": subject, "partner": partner, **more}
    return Measured({name: [sample(each) for each in taken] for name, taken in sides.items() if taken}, QUIET)


def found(name: str, samples: Measured) -> Found:
    row = rows.row_of(name)
    return Found(row, samples, outcome(samples, row.metric, row.limit))


# --- ratios and verdicts ----------------------------------------------------------------------------------------------


def test_a_ratio_is_of_two_runs_of_the_same_round_so_a_slow_moment_that_hits_both_does_not_count() -> None:
    came = outcome(measured([2, 20, 2], [1, 10, 1]), "cpu", Limit(2, 1))
    assert (came.value, came.low, came.high, came.verdict) == (2, 2, 2, "ok")


def test_the_median_of_the_ratios_counts_and_not_the_ratio_of_the_medians() -> None:
    assert outcome(measured([1, 4, 6], [1, 1, 6]), "cpu", None).value == 1


def test_system_time_counts_except_where_only_user_time_is_compared() -> None:
    both = Measured({"subject": [sample(2, 2)], "partner": [sample(1, 0)]}, QUIET)
    assert (values(both, "subject", "cpu"), values(both, "subject", "user")) == ([4], [2])
    assert [rows.row_of(name).metric for name in ("floor-100", "floor-1000")] == ["cpu", "user"]


def test_a_partner_that_took_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no time that can be measured"):
        ratio(1, 0)


@pytest.mark.parametrize(
    ("value", "limit", "spread", "verdict"),
    [
        (3.0, Limit(3, 2), 0.0, "ok"),
        (3.1, Limit(3, 2), 0.3, "over"),
        (3.1, Limit(3, 2), 0.31, "noisy"),
        (1.0, Limit(3, 2), 0.31, "noisy"),
        (9.0, None, 0.31, "no limit"),
    ],
)
def test_the_verdict_is_over_above_at_most_and_none_on_a_busy_machine(
    value: float, limit: Limit | None, spread: float, verdict: Verdict
) -> None:
    assert verdict_of(value, limit, spread) == verdict


def test_a_run_of_the_gauge_that_was_disturbed_is_no_noise_and_a_round_that_was_is() -> None:
    quiet, disturbed, slow = [sample(1)] * 6, [*[sample(1)] * 5, sample(9)], [sample(1.5)] * 6
    assert spread_of([quiet, disturbed]) == 0
    assert spread_of([quiet, slow, quiet]) == pytest.approx(0.5)


def test_memory_is_compared_with_a_number_and_needs_no_partner() -> None:
    used = Measured({"subject": [sample(1, memory=each) for each in (5e8, 7e8, 7e8)]}, QUIET)
    came = outcome(used, "memory", Limit(6e8, 3e8))
    assert (came.value, came.verdict) == (7e8, "over")


def test_the_commit_before_is_compared_with_its_own_partner_where_it_has_one() -> None:
    shared = measured([2], [1], before=[8])
    own = measured([2], [1], before=[8], **{"before partner": [4]})
    assert [outcome(each, "cpu", None).before for each in (shared, own)] == [8, 2]


def test_a_commit_before_that_refused_is_told_of_and_the_row_is_judged_all_the_same() -> None:
    samples = measured([2], [1])
    samples.refused["before"] = "refused (exit code 4)"
    came = outcome(samples, "cpu", Limit(3, 2))
    assert (came.before, came.verdict) == ("refused (exit code 4)", "ok")


def test_the_exit_code_is_1_when_work_differs_4_when_a_row_is_over_and_0_when_neither_is_so() -> None:
    ok, over = found("version", measured([2], [1])), found("version", measured([4], [1]))
    busy = found("version", Measured({"subject": [sample(4)], "partner": [sample(1)]}, [[sample(1)], [sample(2)]]))
    differs = Found(ok.row, Measured(), DIFFERS)
    assert [bench.exit_code(each) for each in ([ok], [busy], [ok, over], [differs, over])] == [0, 0, 4, 1]


def test_a_row_whose_work_differs_is_told_of_and_the_others_are_measured_all_the_same(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def build(row: rows.Row, lab: rows.Lab) -> Experiment:
        same = writing("subject", WRITES.format("a.md", "same"))
        other = writing("partner", WRITES.format("a.md", "same" if row.name == "help" else "other"))
        return Experiment(row.name, (same, other), 1, warm_up=False)

    monkeypatch.setattr(rows.Row, "build", build)
    lab = rows.Lab(machine, bench.ROOT, None)
    came = list(bench.measured(lab, [rows.row_of("version"), rows.row_of("help")], None))
    assert [each.outcome.verdict == "work differs" for each in came] == [True, False]
    assert "error: version: the work differs\nsubject: exit code 0, 1 results" in capsys.readouterr().err
    assert tables.cells(came[0])[3:] == ("–", "–", "–", "3.00", "2.00", "work differs")


# --- rows -------------------------------------------------------------------------------------------------------------


def test_every_row_of_the_table_has_a_limit_but_the_size_in_between() -> None:
    assert [name for name in (*rows.USUAL, *rows.LARGE) if rows.row_of(name).limit is None] == ["floor-24"]
    assert set(rows.LIMITS) <= {*rows.USUAL, *rows.LARGE}


def test_a_row_can_be_asked_for_in_another_size() -> None:
    row = rows.row_of("floor-7")
    assert (row.work, row.partner, row.limit) == ("`executions --batch --yes`, 7 documents", "floor", None)


@pytest.mark.parametrize("name", ["floor", "floor-0", "version-3", "flour-10", "floor-x", ""])
def test_a_name_that_means_no_row_is_refused_with_those_that_there_are(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        bench.main(["--only", name])
    assert ended.value.code == 2
    assert f"no row {name}: expected one of version, help, status-10" in capsys.readouterr().err


def test_growth_and_memory_of_a_size_come_from_the_same_runs() -> None:
    assert rows.row_of("growth-10000").experiment == rows.row_of("memory-10000").experiment


def test_texts_differ_from_document_to_document_are_as_long_as_real_ones_and_the_same_in_every_run() -> None:
    texts = [worlds.subplan(id_).partition("\n\n")[2] for id_ in worlds.ids(60)]
    paragraphs = [text.partition("Objective\n\n")[2].partition("\n\n")[0] for text in texts]
    assert len(set(paragraphs)) == len(texts)
    assert all(75 <= text.count("\n") <= 205 for text in texts)
    assert worlds.designed(3) == worlds.designed(3)


# --- equal work -------------------------------------------------------------------------------------------------------


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path, bench.environment(tmp_path))


def writing(name: str, code: str) -> Side:
    """Return a side that runs Python code in an empty directory, where it is to leave one file."""
    return Side(name, (sys.executable, "-I", "-S", "-c", code), work=made_in("."), results=1)


WRITES = "open('{}', 'w').write('{}')"


def compared(machine: Machine, *sides: Side) -> Measured:
    return machine.measure(Experiment("test", sides, 2, warm_up=False))


def test_sides_that_leave_the_same_files_are_measured_once_in_each_round(machine: Machine) -> None:
    same = WRITES.format("a.md", "same")
    samples = compared(machine, writing("subject", same), writing("partner", same)).samples
    assert {name: len(each) for name, each in samples.items()} == {"subject": 2, "partner": 2}
    assert all(each.cpu > 0 and each.wall > 0 for each in samples["subject"])


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (WRITES.format("a.md", "other"), "subject: exit code 0, 1 results, SHA-256 "),
        (WRITES.format("b.md", "same"), "partner: exit code 0, 1 results, SHA-256 "),
        ("pass", "partner has 0 results, not 1"),
        (f"{WRITES.format('a.md', 'same')}; raise SystemExit('no room')", "partner ended with exit code 1: no room"),
    ],
)
def test_work_that_differs_in_bytes_names_number_or_exit_code_is_refused(
    machine: Machine, code: str, told: str
) -> None:
    with pytest.raises(WorkDiffers) as caught:
        machine.prove([writing("subject", WRITES.format("a.md", "same")), writing("partner", code)])
    assert told in str(caught.value)


def test_work_that_only_a_proof_can_compare_is_refused_before_anything_is_measured(machine: Machine) -> None:
    proofs = writing("subject", WRITES.format("a.md", "1")), writing("before", WRITES.format("a.md", "2"))
    with pytest.raises(WorkDiffers, match="before: exit code 0"):
        machine.measure(Experiment("test", (), 1, proofs))


def test_the_commit_before_may_refuse_where_that_is_known_and_is_not_asked_again(machine: Machine) -> None:
    refuses = replace(writing("before", "raise SystemExit(4)"), may_refuse=True)
    came = compared(machine, writing("subject", WRITES.format("a.md", "same")), refuses)
    assert came.refused == {"before": "refused (exit code 4)"}
    assert set(came.samples) == {"subject"}
    half = writing("before", f"{WRITES.format('a.md', 'half')}; raise SystemExit(4)")
    with pytest.raises(WorkDiffers, match="before has 1 results, not 0"):
        machine.prove([replace(half, may_refuse=True)])


def test_a_command_that_fails_is_not_asked_what_it_took(machine: Machine) -> None:
    fails = replace(writing("subject", "raise SystemExit('no room')"), samples=lambda ran: json.loads(ran.out))
    with pytest.raises(WorkDiffers, match="subject ended with exit code 1: no room"):
        compared(machine, fails)


def test_memory_of_a_command_is_its_own_and_not_that_of_the_process_which_started_the_bench(machine: Machine) -> None:
    mine = b"x" * 100_000_000
    taken = machine.run((sys.executable, "-I", "-S", "-c", "pass"), machine.scratch).sample.memory
    assert 1e6 < taken < len(mine) / 2


# --- what is told -----------------------------------------------------------------------------------------------------


def test_the_tables_are_written_between_the_marks_of_a_page_and_nowhere_else() -> None:
    page = "# Speed\n\n<!-- bench -->\n\nold\n\n<!-- /bench -->\n\nafter\n"
    told = tables.written(
        page, CONTEXT, [found("version", measured([2.5], [1])), found("check-1000", measured([1], []))]
    )
    assert told.startswith(
        "# Speed\n\n<!-- bench -->\n\nMeasured on 2026-11-22 on a machine, with Python 3; code 1234567."
    )
    assert "\n| version | `--version` | `python -c pass` | – | 2.50 | 2.50–2.50 | 3.00 | 2.00 | ok |\n" in told
    assert "| 0.95 | 0.70 | no partner: name one with --before |\n" in told
    assert (
        "\n| version | subject | 1 | 2500 (2500–2500) | 0.00 (0.00–0.00) | 2500 (2500–2500) | 1.00 (1.00–1.00) |\n"
        in told
    )
    assert told.endswith("\n\n<!-- /bench -->\n\nafter\n")
    assert "old" not in told
    with pytest.raises(ValueError, match="no part"):
        tables.written("# Speed\n", CONTEXT, [])


def test_a_page_gets_the_whole_table_or_none(capsys: pytest.CaptureFixture[str]) -> None:
    page = str(bench.ROOT / "docs/speed.md")
    with pytest.raises(SystemExit) as ended:
        bench.main(["--only", "version", "--write", page])
    assert (ended.value.code, "--write and --only" in capsys.readouterr().err) == (2, True)


def test_the_page_about_speed_has_the_marks_and_names_every_kind_of_row_and_every_option() -> None:
    page = (bench.ROOT / "docs/speed.md").read_text("utf-8")
    tables.written(page, CONTEXT, [])
    assert [kind for kind in rows.KINDS if f"`{kind}`" not in page and f"`{kind}-N`" not in page] == []
    options = [option for option in bench.parser().format_help().split() if option.startswith("[--")]
    assert [option for option in options if f"`{option.strip('[]')}" not in page] == []


def test_the_bench_measures_a_row_from_end_to_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bench.json"
    assert bench.main(["--only", "floor-2", "--rounds", "1", "--json", str(file)]) == 0
    (row,) = json.loads(file.read_text("utf-8"))["rows"]
    assert (row["row"], row["verdict"], len(row["values"])) == ("floor-2", "no limit", 1)
    assert {side: each["user"]["all"] != [] for side, each in row["sides"].items()} == {
        "subject": True,
        "partner": True,
    }
    assert "executions --batch --yes, 2 documents" in capsys.readouterr().out
