"""What an executor reads: files, commands and tiers of a SUBPLAN reach its document, the rest is pointed to.

The measures are `tests/scorer.py`'s; the SUBPLANs are small ones of the shapes that people write.
"""

from pathlib import Path

import pytest

from scaffold.reading import subplan
from scaffold.reading.content import PlannedExecution
from tests import scorer
from tests.documents import rendered, task

ABOVE = Path(__file__).resolve().parents[2:4]
CORPUS = next((found for one in ABOVE if (found := one / "shared" / "corpus").is_dir()), ABOVE[0] / "shared" / "corpus")
"""Real SUBPLANs, where somebody has put some beside the project, or beside the directory of its working trees."""

NUMBERED = """# SUBPLAN: Beds

## Objective

Prepare the beds.

## Deliverables

### 1. Bed map

**File**: `maps/beds.json` (new)

**Contents**:

- one entry per bed
- soil and sun

### 2. Guides

**Files**:

- `docs/planting.md`
- `docs/watering.md`

## Files to Review

- `old/map.md`

## Approach

### Step 1: Write

Create `scripts/water.sh`:

- Open the valve
- Close the valve

**Test**: the log has one line per bed

### Step 2: Try

1. **Run it**:

   ```bash
   scripts/water.sh --dry
   make wet
   ```

**Output**: `logs/wet.txt`

## Tests

Run all:

```bash
pytest tests/test_beds.py -v
```

### Test File

- `tests/test_beds.py`

## Success Criteria

### Must Have

- Beds are dug

### Nice to Have (Optional)

- A bench
- Labels

## Risks

It may rain.
"""

TIERS_AS_LABELS = """# SUBPLAN: Beds

## Objective

Prepare them.

## Approach

**Method**:

1. Read the map
2. Dig
3. Rake

## Success Criteria

**Must have**:

- [~] Beds are dug
- [-] Paths are free

**Should have**:

- [/] Edges are straight

## What Needs to Be Created

### Files to Create

- `maps/a.md`

### Files to Modify

- `maps/b.md`: the north
"""


def steps(phase: int) -> str:
    """Return four steps with details and a command."""
    details = "\n".join(f"   - Take care of detail {phase}.{number} with the right tool" for number in range(8))
    return (
        "\n\n".join(f"{number}. **Build `src/part_{phase}_{number}.py`**:\n\n{details}" for number in range(1, 4))
        + f"\n\n4. **Check it**:\n\n   ```bash\n   pytest tests/test_{phase}.py -v\n   ```"
    )


def long(phases: int = 8) -> str:
    """Return a SUBPLAN of far more than 150 lines."""
    made = "\n\n".join(
        f"### Phase {at}: Part {at} (1h)\n\n**Goal**: part {at} works\n\n{steps(at)}\n\n**Verification**:\n\n"
        f"- Part {at} is seen to work\n- Part {at} is documented"
        for at in range(1, phases + 1)
    )
    criteria = "\n".join(f"- Criterion {at} of many is met, and somebody has seen it" for at in range(14))
    files = "\n".join(f"- `out/file_{at}.md`: what came of part {at}, as the owner wants it" for at in range(14))
    return (
        f"# SUBPLAN: Long\n\n## Objective\n\nAll of it.\n\n## Approach\n\nFirst this.\n\n{made}\n\n"
        f"## Success Criteria\n\n{criteria}\n\n## Deliverables\n\n{files}\n\n## Notes\n\nOne more thing.\n"
    )


SOURCES = [
    pytest.param(NUMBERED, id="numbered deliverables"),
    pytest.param(TIERS_AS_LABELS, id="labels"),
    pytest.param(long(3), id="long"),
    pytest.param(long(8), id="longer"),
    pytest.param(long(40), id="far too long"),
]


@pytest.mark.parametrize("source", SOURCES)
def test_every_path_command_and_tier_is_in_the_document_or_behind_a_pointer_that_reaches_it(source: str) -> None:
    document = scorer.document_of(source)
    result = scorer.score(source, document)

    assert result.lines_without_pointer == 0, scorer.lines_without_pointer(source, document)
    assert result.tiers_reached == result.tiers
    if "Phase 40" not in source:  # its pointers cannot name a hundred files
        assert (result.paths_reached, result.commands_reached) == (result.paths, result.commands)


@pytest.mark.parametrize("source", SOURCES)
def test_a_document_says_nothing_twice_wastes_no_line_and_has_its_own_outline(source: str) -> None:
    document = scorer.document_of(source)

    assert scorer.empty_phases(document) == ()
    assert scorer.duplicates(document) == ()
    assert scorer.dear_pointers(source, document) == ()
    assert scorer.has_own_outline(document)
    length = document.count("\n")
    assert length <= scorer.LIMIT
    assert not scorer.hides(document) or scorer.LIMIT - length < scorer.FREE


def test_a_deliverable_carries_its_file_and_what_it_holds() -> None:
    document = scorer.document_of(NUMBERED)

    assert "- [ ] Bed map: `maps/beds.json` (new)\n" in document
    assert "  - soil and sun\n" in document
    assert "  - `docs/watering.md`\n" in document


def test_a_phase_shows_the_sentence_before_its_steps_its_test_and_its_output() -> None:
    document = scorer.document_of(NUMBERED)

    assert "\nCreate `scripts/water.sh`:\n\n1. Open the valve\n" in document
    assert "**Verification**: the log has one line per bed\n" in document
    assert "**Output**: `logs/wet.txt`\n" in document


def test_tiers_stay_visible_and_the_checklist_asks_only_for_what_must_be() -> None:
    document = scorer.document_of(NUMBERED)

    assert "- **Must Have**: Beds are dug\n- **Nice to Have (Optional)**:\n  - A bench\n  - Labels\n" in document
    assert "- [ ] Success criteria met, but for those of Nice to Have (Optional), which are optional\n" in document
    assert "- [ ] All success criteria met\n" in scorer.document_of(long(1))


def test_what_is_not_copied_is_named_with_its_lines_and_files() -> None:
    lines = NUMBERED.split("\n")
    review, risks = lines.index("- `old/map.md`") + 1, lines.index("It may rain.") + 1

    assert f"Also in the SUBPLAN: Files to Review {review} (`old/map.md`) · Risks {risks}\n" in scorer.document_of(
        NUMBERED
    )


def test_a_list_of_one_line_steps_is_there_once_as_steps() -> None:
    document = scorer.document_of(TIERS_AS_LABELS)

    assert "## Execution Instructions\n\n1. Read the map\n2. Dig\n3. Rake\n" in document
    assert document.count("Read the map") == 1


def test_files_to_create_and_to_modify_are_deliverables_of_two_groups() -> None:
    document = scorer.document_of(TIERS_AS_LABELS)

    assert "- [ ] **Files to Create**: `maps/a.md`\n- [ ] **Files to Modify**: `maps/b.md`: the north\n" in document


def test_breadth_comes_before_depth() -> None:
    document = scorer.document_of(long(5))

    for at in range(1, 6):
        assert f"`pytest tests/test_{at}.py -v`" in document
        assert f"Build `src/part_{at}_3.py`" in document
    assert scorer.hides(document)


def test_commands_stand_where_a_pointer_would() -> None:
    assert "4. **Check it**: `pytest tests/test_5.py -v`\n" in scorer.document_of(long(5))


# --- planned executions ---------------------------------------------------------------------------------------------

PARTED = """# SUBPLAN: Beds

## Objective

Dig.

## Execution Strategy

1. **EXECUTION_01**: {}
2. **EXECUTION_02**: {}

## Approach

### Phase 1: North beds (1h)

1. Dig north

### Phase 2: South beds (2h)

1. Dig south

### Phase 3: Clean up (1h)

1. Wash the spade

## Deliverables

- North beds
- South beds
- Clean tools
"""


def parted(number: str, *purposes: str) -> str:
    """Return the document of one of two planned executions."""
    said = subplan.parse(PARTED.format(*purposes), "x")
    purpose = next(one.purpose for one in said.planned_executions if one.number == number)
    return rendered(task(said, number=number, purpose=purpose))


@pytest.mark.parametrize(
    "purposes", [("North beds", "South beds"), ("the north beds", "south beds and fence"), ("Phase 1", "Phase 2")]
)
def test_each_planned_execution_has_its_own_phases_and_names_the_others(purposes: tuple[str, str]) -> None:
    first, second = parted("01", *purposes), parted("02", *purposes)

    assert ("Dig north" in first, "Dig south" in first, "Wash the spade" in first) == (True, False, True)
    assert ("Dig north" in second, "Dig south" in second, "Wash the spade" in second) == (False, True, True)
    assert "**Your part**: Phase 1: North beds (1h)  \n" in first
    assert f"**Other executions of this SUBPLAN**: 02 {purposes[1]}  \n" in first
    assert "**Estimated Time**: 2 h  \n" in second
    assert "· Phase 2: South beds (2h)" in first or "Phase 2: South beds (2h) " in first.split("Also in")[1]


def test_deliverables_that_name_an_execution_are_its_own() -> None:
    first = parted("01", "North beds", "South beds")

    assert ("- [ ] North beds" in first, "- [ ] South beds" in first, "- [ ] Clean tools" in first) == (
        True,
        False,
        True,
    )


def test_where_the_work_cannot_be_parted_each_document_says_which_part_is_its_own_and_names_the_others() -> None:
    first = parted("01", "Analysis", "Writing")

    assert "Dig north" in first
    assert "Dig south" in first
    assert "**Your part**: what Task 01 names; the SUBPLAN does not say which phases are whose  \n" in first
    assert "**Other executions of this SUBPLAN**: 02 Writing  \n" in first
    assert "5-7 hours for all 2 executions" in first


def test_a_single_planned_execution_has_the_whole() -> None:
    said = subplan.parse(PARTED.format("x", "y"), "x")
    alone = task(said, purpose=None)

    assert (alone["others"], alone["part"]) == ([], None)
    assert PlannedExecution("01", "x", 9) in said.planned_executions


# --- real ones ------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not CORPUS.is_dir(), reason="there are no real SUBPLANs beside the project")
def test_real_subplans_reach_their_documents() -> None:
    texts = scorer.texts_below([CORPUS])
    result = scorer.total(scorer.score(source, scorer.document_of(source, path.name)) for source, path in texts.items())

    assert result.paths_reached >= 0.85 * result.paths
    assert result.commands_reached >= 0.6 * result.commands
    assert result.tiers_reached == result.tiers
    assert (result.empty_phases, result.dear_pointers, result.broken_outlines) == (0, 0, 0)
    assert result.lines_without_pointer == 0
    assert result.duplicates <= 2 * result.documents / 17
    assert result.wasteful < 0.1 * result.documents
    assert result.longest <= scorer.LIMIT
