"""Phases are found in the forms that people write them in, with what each says to do and to check."""

import pytest

from scaffold.reading import subplan
from scaffold.reading.content import Phase
from scaffold.reading.titles import numbered_title, phase_title


def phases(text: str) -> tuple[Phase, ...]:
    return subplan.parse(f"# SUBPLAN: Tea\n\n{text}", "x").phases


def outline(text: str) -> list[tuple[str, str, str | None]]:
    return [(phase.number, phase.title, phase.time) for phase in phases(text)]


def steps(text: str) -> list[str]:
    (phase,) = phases(f"## Approach\n\n### Phase 1: Heat\n\n{text}\n")
    return [step.text for step in phase.steps]


HEAT_AND_POUR = [("1", "Heat", "5 min"), ("2", "Pour", None)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("## Approach\n\n### Phase 1: Heat (5 min)\n\na\n\n### Phase 2: Pour\n\nb\n", id="headings"),
        pytest.param("## Approach\n\n### Step 1 - Heat [5 min]\n\n### Step 2 – Pour\n", id="steps with dashes"),
        pytest.param("## Approach\n\n### 🔥 **Phase 1**: Heat (5 min)\n\n### ☕ **Phase 2**: Pour\n", id="emoji, bold"),
        pytest.param("## Approach\n\n### Two parts\n\n#### Part 1: Heat (5 min)\n\n#### Part 2: Pour\n", id="deeper"),
        pytest.param("## Approach\n\n### Phase 1: Heat - 5 min\n\n### Phase 2: Pour\n", id="time after a dash"),
        pytest.param(
            "## Approach\n\nFirst.\n\n## Phase 1: Heat (5 min)\n\n## Phase 2: Pour\n", id="beside the approach"
        ),
        pytest.param("## Execution Strategy\n\n### Phase 1: Heat (5 min)\n\n### Phase 2: Pour\n", id="in the strategy"),
        pytest.param("## Approach\n\n**Phase 1: Heat** (5 min)\n- a\n\n**Phase 2: Pour**\n- b\n", id="labels"),
        pytest.param("## Approach\n\n**Phase 1: Heat (5 min)**:\n\n**Phase 2: Pour**:\n", id="labels with colons"),
        pytest.param("## Approach\n\n**Phase 1**: Heat (5 min)\n\n**Phase 2**: Pour\n", id="short labels"),
        pytest.param("## Approach\n\n**Phase 1: Heat** - 5 min\n\n**Phase 2: Pour**\n", id="label, dash, time"),
        pytest.param("## Approach\n\n### 1. Heat (5 min)\n\na\n\n### 2. Pour\n\nb\n", id="numbered headings"),
        pytest.param("## Approach\n\n1. **Heat** (5 min)\n   - a\n2. **Pour**:\n   - b\n", id="bold numbered list"),
        pytest.param("## Approach\n\n1. **Phase 1: Heat** (5 min)\n2. **Phase 2: Pour**\n", id="list of phases"),
        pytest.param("## Approach\n\n- Phase 1: Heat (5 min)\n- Phase 2: Pour\n", id="bullets that are phases"),
        pytest.param("## Approach\n\n1. **Phase 1**: Heat (5 min)\n2. **Phase 2**: Pour\n", id="list, short labels"),
        pytest.param("## Approach\n\nWords.\n\n**Method**:\n\n1. Heat (5 min)\n2. Pour\n", id="under a method label"),
        pytest.param("## Approach\n\n1. Heat (5 min)\n2. Pour\n", id="nothing but a numbered list"),
        pytest.param("## Approach\n\n1. [ ] ✅ **Heat** (5 min)\n2. [x] **Pour**\n", id="with boxes"),
        pytest.param("## Approach\n\n1. **Heat**: 5 min\n2. **Pour**\n", id="time after the colon"),
    ],
)
def test_phases_are_found_in_every_form(text: str) -> None:
    assert outline(text) == HEAT_AND_POUR


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("## Approach\n\nWhy so:\n\n1. Quick\n2. Cheap\n\nAnd:\n\n- nice\n", id="reasons in numbers"),
        pytest.param(
            "## Approach\n\nBoil.\n\n**Considerations**:\n\n1. **Heat**: hot\n2. **Cup**: thin\n", id="unknown label"
        ),
        pytest.param("## Approach\n\n- Heat\n- Pour\n", id="plain bullets"),
        pytest.param("## Approach\n\n1. Heat\n", id="a list of one"),
        pytest.param("## Approach\n\n### 1. Heat\n\n### More\n", id="not all headings numbered"),
        pytest.param("## Tests\n\n### Step 1: Taste\n\n### Step 2: Drink\n", id="steps of tests"),
        pytest.param("## Notes\n\n### Phase 1: x\n\n### Phase 2: y\n", id="in notes"),
        pytest.param("## History\n\n### Phase 1: x\n", id="a single one elsewhere"),
        pytest.param("## Approach\n\n```\n### Phase 1: Heat\n```\n", id="in a fence"),
        pytest.param("## Approach\n\n### Phase diagrams\n\nwords\n", id="no number"),
        pytest.param("## Approach\n\n### Step aside\n\nwords\n", id="a word behind"),
    ],
)
def test_what_only_looks_like_phases_is_none(text: str) -> None:
    assert phases(text) == ()


def test_the_highest_headings_of_one_kind_are_the_phases_and_lower_ones_their_steps() -> None:
    text = "## Approach\n\n### Phase 1: Heat\n\n#### Step 1.1: Fill\n\na\n\n#### Step 1.2: Boil\n\nb\n\n### Part B: x\n"
    (phase,) = phases(text)
    assert [step.text for step in phase.steps] == ["Step 1.1: Fill\n\na", "Step 1.2: Boil\n\nb"]
    assert (phase.line, phase.text.split("\n")[0]) == (5, "#### Step 1.1: Fill")


@pytest.mark.parametrize("number", ["1", "2b", "1.2", "A", "IV", "2-3", "Two"])
def test_numbers_are_kept_as_written(number: str) -> None:
    assert outline(f"## Approach\n\n### Phase {number}: Heat\n") == [(number, "Heat", None)]


def test_the_body_of_a_phase_is_verbatim() -> None:
    (phase,) = phases("## Approach\n\n### Phase 1: Heat\n\n  a  \n\n```sh\n# x\n```\n\n---\n")
    assert phase.text == "  a  \n\n```sh\n# x\n```"


def test_goal_steps_and_verification_come_from_their_labels() -> None:
    text = (
        "**Goal**: Hot water.\n**Time**: 5 min\n\n**Steps**:\n1. Fill\n   - to the mark\n2. Switch on\n\n"
        "**Verification**:\n- ✅ It steams\n- [ ] It clicks\n\n**Output**: water\n\n**Success**: hot\n"
    )
    (phase,) = phases(f"## Approach\n\n### Phase 1: Heat\n\n{text}")
    assert phase.goal is not None
    assert (phase.goal.text, phase.goal.line, phase.goal.heading) == ("Hot water.", 7, "Goal")
    assert phase.time == "5 min"
    assert [(step.text, step.line) for step in phase.steps] == [("Fill\n- to the mark", 11), ("Switch on", 13)]
    assert [check.text for check in phase.verification] == ["It steams", "It clicks", "hot"]


def test_goal_steps_and_verification_come_from_sub_headings_too() -> None:
    (phase,) = phases(
        "## Approach\n\n### Phase 1: Heat\n\n#### Goal\n\nHot.\n\n#### Tasks\n\n- fill\n\n#### Checks\n\n- hot\n"
    )
    assert phase.goal is not None
    assert (phase.goal.text, phase.steps[0].text, phase.verification[0].text) == ("Hot.", "fill", "hot")


def test_without_a_label_for_steps_the_list_items_are_the_steps_with_their_nested_lines() -> None:
    assert steps("Words.\n\n- Fill\n  - cold\n\n  more\n- On") == ["Fill\n- cold\n\nmore", "On"]


def test_a_list_after_a_goal_or_an_aside_in_words_is_the_phase_s_own() -> None:
    assert steps("**Goal**: hot\n1. Fill\n2. On") == ["Fill", "On"]
    assert steps("**Why First**: cold tea is bad\n\n- Fill") == ["Fill"]
    (phase,) = phases("## Approach\n\n### Phase 1: x\n\n**Goal**:\n- a\n- b\n")
    assert phase.goal is not None
    assert (phase.goal.text, phase.steps) == ("- a\n- b", ())


def test_numbered_labels_are_steps_with_all_that_follows_them() -> None:
    text = (
        "- loose\n\n**Step 1.1**: Fill\n- cold\n\n**Cups**:\n- two\n\n**1.2 Boil**\n\n**Note**: loud\n\n**Rest**:\n- x"
    )
    assert steps(text) == ["**Step 1.1**: Fill\n- cold\n\n**Cups**:\n- two", "**1.2 Boil**"]


def test_other_labels_are_steps_of_their_own_but_asides_and_outputs_are_none() -> None:
    text = "**Kettle**:\n- fill\n\n**Deliverables**:\n- tea\n\n**Rationale**:\n- thirst\n\n**Cup**: warm it\n"
    assert steps(text) == ["**Kettle**:\n- fill", "**Cup**: warm it"]


def test_a_phase_of_words_or_code_alone_is_one_step() -> None:
    assert steps("Switch on:\n\n```sh\n# now\non\n```") == ["Switch on:\n\n```sh\n# now\non\n```"]
    assert steps("**Goal**: hot") == []
    pour, drink = phases("## Approach\n\n1. **Pour**: fast\n\n   ```sh\n   out\n   ```\n2. **Drink**\n")
    assert [(step.text, step.line) for step in pour.steps] == [("```sh\nout\n```", 7)]
    assert drink.steps == ()


def test_test_cases_in_a_phase_are_a_step() -> None:
    assert steps("**Test Cases**:\n- sip") == ["**Test Cases**:\n- sip"]


def test_the_last_labelled_phase_ends_at_a_label_that_phases_do_not_have() -> None:
    text = (
        "## Approach\n\n**Phase 1: Heat**\n\n**Goal**: hot\n- on\n\n**Phase 2: Pour**\n- out\n\n**Trade-offs**:\n- x\n"
    )
    heat, pour = phases(text)
    assert (heat.goal is not None, [step.text for step in heat.steps]) == (True, ["on"])
    assert (pour.text, [step.text for step in pour.steps]) == ("- out", ["out"])


def test_labels_of_their_own_that_earlier_phases_have_stay_in_the_last_one() -> None:
    text = "## Approach\n\n**Phase 1: Heat**\n\n**Kettle**:\n- on\n\n**Phase 2: Pour**\n\n**Cup**:\n- out\n"
    assert [[step.text for step in phase.steps] for phase in phases(text)] == [
        ["**Kettle**:\n- on"],
        ["**Cup**:\n- out"],
    ]


def test_a_listed_phase_has_the_words_behind_its_title_as_goal_and_its_nested_list_as_steps() -> None:
    first = "1. **Heat**: Make it hot\n\n   **Steps**:\n\n   1. fill\n   2. on\n\n"
    heat, pour = phases(f"## Approach\n\n{first}2. **Pour**\n   - out\n     slowly\n")
    assert heat.goal is not None
    assert (heat.goal.text, heat.goal.line) == ("Make it hot", 5)
    assert [step.text for step in heat.steps] == ["fill", "on"]
    assert heat.text == "**Steps**:\n\n1. fill\n2. on"
    assert [(step.text, step.line) for step in pour.steps] == [("out\nslowly", 13)]


def test_a_list_keeps_its_own_first_number() -> None:
    assert outline("## Approach\n\n3. **Heat**\n4. **Pour**\n") == [("3", "Heat", None), ("4", "Pour", None)]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("Phase 1: Heat (1.5-2h)", ("1", "Heat", "1.5-2h"), id="hours"),
        pytest.param("Phase 1: Heat (~30 min, if cold)", ("1", "Heat", "~30 min, if cold"), id="with a remark"),
        pytest.param("Phase 1: Heat (1 hour 30 min)", ("1", "Heat", "1 hour 30 min"), id="two units"),
        pytest.param("Phase 1: Heat (30 min - 1 hour)", ("1", "Heat", "30 min - 1 hour"), id="range over units"),
        pytest.param("Phase 1: Heat (Est. 2 days):", ("1", "Heat", "Est. 2 days"), id="estimate"),
        pytest.param("Phase 1: Heat (Optional) (2 hours)", ("1", "Heat (Optional)", "2 hours"), id="after a remark"),
        pytest.param("Phase 1: Heat (3 modules)", ("1", "Heat (3 modules)", None), id="a number of something"),
        pytest.param("Phase 1: Heat (optional)", ("1", "Heat (optional)", None), id="no time"),
        pytest.param("Phase 1", ("1", "", None), id="nothing more"),
        pytest.param("Phase 1 Heat", ("1", "Heat", None), id="no separator"),
        pytest.param("STEP #2) Pour", ("2", "Pour", None), id="other marks"),
    ],
)
def test_phase_titles(title: str, expected: tuple[str, str, str | None]) -> None:
    found = phase_title(title, subplan.DEFAULT)
    assert found is not None
    assert (found.number, found.title, found.time) == expected


@pytest.mark.parametrize("title", ["Phases 1: x", "Phase one-off", "The Phase 1", "Phase", "Phasing 1"])
def test_other_titles_are_no_phase_titles(title: str) -> None:
    assert phase_title(title, subplan.DEFAULT) is None


def test_bare_numbers() -> None:
    found = numbered_title("1.2 Install `x` (5m)")
    assert found is not None
    assert (found.number, found.title, found.time) == ("1.2", "Install `x`", "5m")
    assert numbered_title("2025 was good") is None


def test_what_a_phase_says_besides_goal_steps_and_checks_are_its_notes() -> None:
    text = (
        "Create `a.sh`:\n\n- Open\n\n**Test**: it runs\n\n**Output**:\n\n- `b.txt`\n\n**File**: `c.md`\n\n"
        "**Note**: quick\n\n- Close\n"
    )
    (phase,) = phases(f"## Approach\n\n### Phase 1: Heat\n\n{text}")
    assert [step.text for step in phase.steps] == ["Open", "Close"]
    assert [check.text for check in phase.verification] == ["it runs"]
    assert [(note.text, note.line) for note in phase.notes] == [
        ("Create `a.sh`:", 7),
        ("**Output**:\n\n- `b.txt`", 13),
        ("**File**: `c.md`", 17),
        ("**Note**: quick", 19),
    ]


def test_a_title_that_begins_in_bold_has_no_half_of_it() -> None:
    assert outline("## Approach\n\n1. **Fill** the kettle\n2. **Boil** - quickly\n") == [
        ("1", "Fill the kettle", None),
        ("2", "Boil", None),
    ]
