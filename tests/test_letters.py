"""Characters are compared as people see them, in any script; the kind of a blank makes no difference."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.reading import plan, subplan
from scaffold.reading.content import Subplan
from scaffold.reading.letters import is_letter, is_ornament, plain, seen
from scaffold.reading.vocabulary import key

BLANKS = "\u00a0\u2007\u202f"
UNSEEN = "\u200b\ufeff\u2060"


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        pytest.param("Цель работы", "цель работы", id="Russian"),
        pytest.param("План работы (2 ч):", "план работы", id="Russian, adorned"),
        pytest.param("目標 と 方法", "目標 と 方法", id="Japanese"),
        pytest.param("目标（为什么）：", "目标", id="full-width brackets and colon"),
        pytest.param("विधि", "विधि", id="a vowel sign at the end"),
        pytest.param("וידוא תוצאות", "וידוא תוצאות", id="Hebrew"),
        pytest.param("À propos", "à propos", id="a short word first"),
        pytest.param("а) Цель", "цель", id="an enumerator"),
        pytest.param("ℹ️ Objective", "objective", id="a symbol that Unicode takes for a letter"),
        pytest.param("1️⃣ Objective", "objective", id="a keycap"),
        pytest.param("ðŸŽ¯ Objective", "objective", id="an emoji in a broken encoding"),
        pytest.param("âš™ï¸ Approach", "approach", id="a broken emoji of which bytes are lost"),
        pytest.param("рџЋЇ Цель", "цель", id="a broken emoji on a Russian system"),
        pytest.param("Ob\u200bjec\u00adtive", "objective", id="invisible characters"),
        pytest.param("Success\u00a0Criteria\u202f:", "success criteria", id="no-break spaces"),
        pytest.param("Ｏｂｊｅｃｔｉｖｅ：", "objective", id="full-width letters"),
        pytest.param("Résume\u0301", "résumé", id="another Unicode form"),
    ],
)
def test_a_heading_is_compared_by_all_its_letters(title: str, bare: str) -> None:
    assert key(title) == bare


def test_headings_of_one_last_word_are_told_apart() -> None:
    assert len({key(title) for title in ("Цель работы", "План работы", "критерии работы", "работы")}) == 4


@given(st.text("абвгдеёжзийклмнопрстуфхцчшщъыьэюя目標方法αβγδεάאבגדéàüößç", min_size=2, max_size=8))
def test_no_word_of_letters_is_an_ornament(word: str) -> None:
    assert not is_ornament(word)
    assert key(f"{word} работы") == f"{key(word)} работы"


def test_letters_marks_and_symbols() -> None:
    assert [is_letter(one) for one in "aЯ標9ि"] == [True] * 5
    assert [is_letter(one) for one in "ℹ:\ufe0f🎯-"] == [False] * 5
    assert (plain("：\u00a0\u200bx"), seen("\u200b：")) == (": x", "：")


SUBPLAN = """# SUBPLAN: Tea

**PLAN**: TEA
**Achievement**: 1.1
**Estimated Time**: 2 hours

## Objective

Boil water.

## Approach

Heat it.

### Phase 1: Fill (1 h)

- pour

## Success Criteria

1. It boils.
"""

PLAN = """# PLAN: Tea

## Achievements

### Achievement 1.1: Kettle

- **Goal**: Boil.
- **Dependencies**: none

### Achievement 1.2: Cup

- **Goal**: Pour.
- **Dependencies**: 1.1
"""


def said(read: Subplan) -> object:
    """Return what a SUBPLAN says, without the headings as written: those inside its approach are copied as they are."""
    fields = ("title", "achievement", "objective", "approach", "estimated_time")
    texts = [passage.text.split("\n")[0] if (passage := getattr(read, name)) else None for name in fields]
    items = [[(item.text, item.line) for item in getattr(read, name)] for name in ("success_criteria", "deliverables")]
    phases = [(phase.number, phase.title, phase.time, [step.text for step in phase.steps]) for phase in read.phases]
    return texts, items, phases


def heads(text: str) -> list[int]:
    """Return the indices of the blanks right behind the mark of a heading or list item."""
    return [
        at
        for at, character in enumerate(text)
        if character == " " and text[text.rfind("\n", 0, at) + 1 : at].strip("#") in ("", "-", "1.") and at
    ]


@given(st.data())
def test_a_subplan_that_differs_only_in_the_kind_of_its_blanks_says_the_same(data: st.DataObject) -> None:
    chosen = data.draw(st.sets(st.sampled_from(heads(SUBPLAN))))
    blank = data.draw(st.sampled_from(BLANKS))
    changed = "".join(blank if at in chosen else character for at, character in enumerate(SUBPLAN))
    assert said(subplan.parse(changed, "x")) == said(subplan.parse(SUBPLAN, "x"))


@given(st.data())
def test_a_subplan_with_invisible_characters_in_headings_and_labels_says_the_same(data: st.DataObject) -> None:
    places = [at for at, character in enumerate(SUBPLAN) if character in "#*:O" and SUBPLAN[at - 1] in "\n *#"]
    changed = SUBPLAN
    for at in sorted(data.draw(st.sets(st.sampled_from(places))), reverse=True):
        changed = changed[:at] + data.draw(st.sampled_from(UNSEEN)) + changed[at:]
    is_bold_cut = any(f"*{one}*" in changed for one in UNSEEN)
    is_mark_cut = any(f"#{one}#" in changed for one in UNSEEN)
    if not is_bold_cut and not is_mark_cut:
        assert said(subplan.parse(changed, "x")) == said(subplan.parse(SUBPLAN, "x"))


@given(st.data())
def test_attributes_of_headings_change_nothing_that_is_read(data: st.DataObject) -> None:
    attributes = st.sampled_from(["{#x}", "{.x}", "{.x #y}", "{: .x}", '{#x key="v"}'])
    for text in (SUBPLAN, PLAN):
        lines = [
            f"{line} {data.draw(attributes)}" if line.startswith("#") and data.draw(st.booleans()) else line
            for line in text.split("\n")
        ]
        if text is SUBPLAN:
            assert said(subplan.parse("\n".join(lines), "x")) == said(subplan.parse(text, "x"))
        else:
            read, expected = (plan.parse(one, "x") for one in ("\n".join(lines), text))
            assert [replace(one, body=None) for one in read.achievements] == [
                replace(one, body=None) for one in expected.achievements
            ]


def test_braces_that_are_no_attributes_stay() -> None:
    for title in ("Render {name}", "Use `{#each}`", "Count ${#items}", "{#all}"):
        read = plan.parse(f"# {title}\n", "x")
        assert read.title is not None
        assert read.title.text == title


@pytest.mark.parametrize("colon", ["：", "\u00a0:", "\u200b:", ":\u00a0", "：\u3000"])
def test_a_label_may_have_any_colon(colon: str) -> None:
    text = SUBPLAN.replace("**:", f"**{colon}", 3)
    assert said(subplan.parse(text, "x")) == said(subplan.parse(SUBPLAN, "x"))


@pytest.mark.parametrize(
    "head",
    [
        "<details>\n<summary>Later</summary>\n",
        "<details open><summary>Later</summary>\n",
        "<details>\n<summary>Later\n</summary>\n",
        "<details>\n<summary>Later</summary>\n\n",
    ],
)
def test_a_heading_right_below_a_summary_is_a_heading(head: str) -> None:
    text = PLAN.replace("### Achievement 1.2", head + "### Achievement 1.2") + "</details>\n"
    assert [one.id for one in plan.parse(text, "x").achievements] == ["1.1", "1.2"]


def test_what_is_folded_in_a_code_block_stays_code() -> None:
    text = PLAN + "\n```html\n<summary>x</summary>\n### Achievement 1.3: Pot\n\n- **Goal**: y\n```\n"
    assert [one.id for one in plan.parse(text, "x").achievements] == ["1.1", "1.2"]


def test_a_copied_passage_keeps_its_characters() -> None:
    text = SUBPLAN.replace("Boil water.", "Boil\u00a0water to 95\u202f°C：\u200bnow.")
    objective = subplan.parse(text, "x").objective
    assert objective is not None
    assert objective.text == "Boil\u00a0water to 95\u202f°C：\u200bnow."
