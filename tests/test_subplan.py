"""A SUBPLAN's text becomes fields: the right passage, or nothing."""

from scaffold import subplan


def test_objective_and_approach_are_the_text_under_their_headings_verbatim() -> None:
    text = "# SUBPLAN: Tea\n\n## 🎯 Objective\n\nBoil *water*.\n\n---\n\n## Approach\n\n### Phase 1: Kettle\n- fill\n"
    found = subplan.parse(text, "SUBPLAN_TEA_11.md")
    assert found.objective is not None
    assert (found.objective.text, found.objective.line, found.objective.heading) == ("Boil *water*.", 5, "🎯 Objective")
    assert found.approach is not None
    assert found.approach.text == "### Phase 1: Kettle\n- fill"
