"""The built-in vocabularies: what real SUBPLANs and PLANs call the things we look for."""

from scaffold.reading.vocabulary import Terms, Vocabulary


def _terms(field: str, names: str, synonyms: str = "") -> Terms:
    """Make the terms of a field from lists separated by semicolons."""
    return Terms(field, tuple(names.split("; ")), tuple(filter(None, synonyms.split("; "))))


FIELDS = (
    _terms(
        "objective",
        "Objective",
        "Goal; Objectives; Goals; Primary Objective; Main Objective; Primary Goal; Main Goal; Core Objective; "
        "Objective Statement; SUBPLAN Objective; Achievement Objective; Achievement Goal; Purpose; Mission; Aim",
    ),
    _terms(
        "approach",
        "Approach",
        "Detailed Approach; Design Approach; Implementation Approach; Technical Approach; Proposed Approach; "
        "Solution Approach; Recommended Approach; Overall Approach; High-Level Approach; Our Approach; Approach "
        "Overview; Approach Details; Implementation Strategy; Implementation Plan; Implementation Steps; "
        "Implementation Phases; Implementation Details; Implementation Design; Implementation; Technical Strategy; "
        "Solution Strategy; Overall Strategy; Strategy; Methodology; Method; Proposed Solution; Solution Design; "
        "Solution; Technical Design; Technical Plan; Detailed Design; Design; Action Plan; Work Plan; Work "
        "Breakdown; Detailed Steps; Steps; Phases; Implementation Tasks; Tasks; Action Items; "
        "Process; Migration Strategy; Refactoring Strategy; Documentation "
        "Strategy; Analysis Approach; Analysis Strategy; Research Approach; Review Approach; Review Strategy; "
        "Validation Strategy",
    ),
    _terms(
        "success_criteria",
        "Success Criteria",
        "Acceptance Criteria; Completion Criteria; Definition of Done; Success Definition; Success Metrics; "
        "Success Indicators; Success Metric; Success; Exit Criteria; Done When; Completion Checklist; Quality "
        "Criteria; Success Conditions; Observable Outcomes",
    ),
    _terms(
        "expected_results",
        "Expected Results",
        "Expected Outcomes; Expected Outcome; Expected Result; Outcomes; Results",
    ),
    _terms(
        "deliverables",
        "Deliverables",
        "Deliverable; Required Deliverables; Primary Deliverables; Key Deliverables; Expected Deliverables; "
        "Deliverables Checklist; Deliverables List; Deliverables Summary; Final Deliverables; Code Deliverables; What "
        "Needs to Be Created; What to Create; What Will Be Created; What Needs to Be Modified; What Needs to Be "
        "Created/Modified; Files to Create; Files to Modify; Files to Create/Modify; Files to Modify/Create; Files to "
        "Create and Modify; Files to Create or Modify; Files to Update; Files to Change; Files Created; Files "
        "Modified; Files Created/Modified; Files to Be Created; Files to Be Modified; New Files; Modified Files; "
        "Outputs; Output Files; Artifacts",
    ),
    _terms(
        "tests",
        "Tests; Tests Required",
        "Required Tests; Test Plan; Testing Plan; Testing Strategy; Test Strategy; Testing Approach; Testing "
        "Requirements; Test Requirements; Test Cases; Test Scenarios; Testing; Detailed Test Plan; Validation "
        "Tests; Critical Tests; Unit Tests; Integration Tests; Test "
        "Suite; Validation Plan; Validation Checklist; Detailed Validation Checklist; Validation Approach; "
        "Validation; Verification Plan; Verification",
    ),
    _terms(
        "estimated_time",
        "Estimated Time; Estimated Effort",
        "Estimated Total Time; Total Estimated Time; Total Estimated Effort; Estimated Total Effort; Estimated "
        "Duration; Estimated Timeline; Time Estimate; Effort Estimate; Estimated Hours; Estimate; Estimated; "
        "Effort; Duration; Total Time; Total Effort; Time; Time Breakdown; Effort Breakdown; Time Estimates; "
        "Timeline",
    ),
    _terms(
        "execution_strategy",
        "Execution Strategy",
        "Execution Plan; Execution Approach; Execution Structure; Execution Design",
    ),
    _terms(
        "planned_executions",
        "Planned Executions",
        "Planned EXECUTION_TASKs; Execution Tasks; EXECUTION_TASKs; Executions",
    ),
    _terms(
        "achievement",
        "Achievement; Achievement Addressed",
        "Achievement ID; Achievement Number; Achievements Addressed; Target Achievement; Parent Achievement; "
        "Addresses Achievement; Achievements; Addresses; Implements",
    ),
    _terms(
        "plan",
        "PLAN",
        "Mother Plan; Parent PLAN; Plan Name; Plan File; Source PLAN; Related PLAN",
    ),
    _terms(
        "metadata",
        "Metadata",
        "SUBPLAN Metadata; Document Metadata; Document Information; SUBPLAN Information; Header",
    ),
    _terms(
        "overview",
        "Overview",
        "Summary; Executive Summary; Context; Introduction; Background; Description; Details; Achievement Context; "
        "Achievement Overview; Achievement Details; SUBPLAN Overview",
    ),
    _terms(
        "elsewhere",
        "Notes",
        "Risks; Risks & Mitigations; Risks & Mitigation; Risks and Mitigations; Risk Assessment; Risk Mitigation; "
        "Dependencies; Prerequisites; References; Related Work; Conflict Analysis; Conflict Analysis with Other "
        "Subplans; Design Decisions; Implementation Notes; Designer Notes; Important Notes; Next Steps; "
        "Alternatives; Alternatives Considered; Contingencies; Examples; Example; Appendix; Lessons Learned; "
        "Learnings; Key Learnings; Execution Results Synthesis; What to Read; Completion Workflow; "
        "Files to Review; Files to Check; Files to Read; Environment Setup",
    ),
)
"""Fields of a SUBPLAN, then the headings that help to place the others: `metadata` holds header lines, labels in an
`overview` count like those in the header, and what stands under a heading of `elsewhere` is about something else."""

MARKS = (
    _terms("phase", "Phase; Step; Part; Stage; Task; Milestone; Iteration; Sprint"),
    _terms(
        "goal",
        "Goal; Objective",
        "Purpose; Aim",
    ),
    _terms(
        "steps",
        "Steps; Tasks; Actions; Method; Phases",
        "Activities; Process; Procedure; Workflow; Sequence; Methodology; Implementation; Implementation Steps; "
        "Implementation Phases; Implementation Plan; Execution Steps; Key Steps; High-Level Steps; Work Breakdown; "
        "Work; To Do",
    ),
    _terms(
        "verification",
        "Verification; Success Criteria",
        "Validation; Verify; Verification Checks; Verification Steps; Success; Success Criterion; Success Metrics; "
        "Acceptance Criteria; Acceptance; Exit Criteria; Completion Criteria; Done When; Checkpoint; Checks; "
        "Expected Outcome; Expected Outcomes; Expected Result; Expected Results; Expected Output; Expected; Test; "
        "Tests; Testing; Pass Criteria; Validation Criteria; Check; Exit Criterion",
    ),
    _terms(
        "cases",
        "Test Cases",
        "Test Cases to Cover; Test Cases to Verify; Test Scenarios; Key Tests; Tests to Write; Scenarios to Cover",
    ),
    _terms(
        "output",
        "Output; Deliverables",
        "Outputs; Deliverable; Results; Files to Create; Files to Modify; Files Created; Files Modified; Artifacts",
    ),
    _terms(
        "optional",
        "Nice to Have; Should Have; Could Have; Optional",
        "Stretch; Stretch Goals; Bonus; Desirable; Optional Criteria; Optional Success Criteria; Optional "
        "Deliverables; Nice-to-Have; Should-Have; Could-Have; Nice to Haves; Should Haves; Won't Have",
    ),
    _terms(
        "mandatory",
        "Must Have; Required",
        "Must-Have; Must Haves; Mandatory; Critical; Blocking; Essential; Minimum; Minimum Success Criteria; Required "
        "Success Criteria; Must",
    ),
    _terms(
        "aside",
        "Note; Notes",
        "Rationale; Reasoning; Why; Risk; Risks; Dependencies; Prerequisites; Example; Examples; Context",
    ),
)
"""Labels inside an approach and its phases. `phase` are the words that begin a numbered phase's heading. A numbered
list under `steps` is one of phases in the approach, one of steps in a phase. An `output` or `aside` is no step.
`optional` and `mandatory` are the tiers of a list: what must be there, and what need not."""

SUBPLAN = Vocabulary(FIELDS, MARKS)

PLAN = Vocabulary(
    (
        _terms("title", "Title", "Name"),
        _terms("goal", "Goal", "Objective; Goals; Objectives; Purpose; Aim; Description; Intent"),
        _terms(
            "what",
            "What",
            "What to Do; Tasks; Scope; Work; Steps; Details; Actions; Requirements; Implementation; Approach; "
            "Implementation Approach",
        ),
        _terms(
            "success",
            "Success",
            "Success Criteria; Success Criterion; Acceptance Criteria; Acceptance; Definition of Done; Done When; "
            "Success Metrics; Success Indicators; Exit Criteria; Completion Criteria; Expected Outcome; "
            "Expected Outcomes; Expected Result; Expected Results",
        ),
        _terms(
            "deliverables",
            "Deliverables",
            "Deliverable; Expected Deliverables; Key Deliverables; Outputs; Output; Artifacts; Files to Create",
        ),
        _terms(
            "effort",
            "Effort",
            "Estimated Effort; Estimated Time; Estimate; Time Estimate; Effort Estimate; Estimated Hours; Estimated "
            "Duration; Duration; Time; Hours",
        ),
        _terms(
            "tests",
            "Tests",
            "Test; Tests Required; Required Tests; Testing; Testing Requirements; Test Requirements; Test Plan; "
            "Test Cases; Testing Strategy; Testing Focus; Validation; Verification",
        ),
        _terms(
            "dependencies",
            "Dependencies",
            "Dependency; Depends on; Requires; Prerequisites; Prerequisite; Blocked by",
        ),
        _terms(
            "constraints",
            "Constraints",
            "Project Constraints; Plan Constraints; Global Constraints; Constraints & Assumptions; Constraints and "
            "Assumptions; Ground Rules; Guiding Principles; Non-Goals; Non Goals; Out of Scope",
        ),
        _terms("context", "Context", "Shared Context; Project Context; Plan Context; Background"),
        _terms(
            "references",
            "References",
            "References & Context; Reference Documents; Reference; Related Documents; Related Documentation; Key "
            "Documents; Further Reading; Links",
        ),
    )
)
"""Fields of an achievement in a PLAN, and its sections on constraints, context and references.

Of several names of one field, the first that says something counts."""
