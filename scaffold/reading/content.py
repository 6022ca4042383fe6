"""What a SUBPLAN and a PLAN say, field by field: frozen values, which the readers make of the text once."""

from scaffold.errors import Diagnostic
from scaffold.lazy.values import frozen

# --- a SUBPLAN ------------------------------------------------------------------------------------------------------


@frozen
class Passage:
    """Text of a document, verbatim, with the 1-based line it begins on and the heading or label it was found under.

    `group` is the heading or label that sets an item apart from others of its list: `Nice to Have`, `Files to Modify`.
    """

    text: str
    line: int
    heading: str | None = None
    group: str | None = None

    @property
    def last(self) -> int:
        """The line it ends on."""
        return self.line + self.text.count("\n")


@frozen
class Phase:
    """One phase of an approach. `text` is its verbatim body, from the line after its heading; `line` is its heading's.

    `number` is as written (`1`, `2b`, `A`); `time` too (`120 min`, `1.5-2h`), without parentheses. `notes` is what it
    says besides goal, steps and verification, in order: introductions, outputs, reasons.
    """

    number: str
    title: str
    time: str | None
    goal: Passage | None
    steps: tuple[Passage, ...]
    verification: tuple[Passage, ...]
    text: str
    line: int
    notes: tuple[Passage, ...] = ()


@frozen
class PlannedExecution:
    """One of several executions that a SUBPLAN plans: its two-digit number, what it is for, and its line."""

    number: str
    purpose: str
    line: int


@frozen
class HeaderField:
    """One `**Name**: value` line at the head of a document, the name as written."""

    name: str
    value: str
    line: int


@frozen
class Unfilled:
    """A `[TO BE FILLED…` or `[FILL…` marker outside code fences; `field` is the Subplan field it lies in, if any."""

    marker: str
    line: int
    field: str | None


@frozen
class Stretch:
    """The text between two headings: `title` is the one above it, `section` the one of level 2 that it is below."""

    title: str
    section: str
    body: Passage


@frozen
class Subplan:
    """What a SUBPLAN says, field by field; None or empty is what it does not say.

    `achievement` is the id that its own header names, as written. `diagnostics` are warnings about the text itself.
    `stretches` are its text from heading to heading, `links` its link definitions (label, target), `footnotes` its
    footnotes by label, `optional` the groups of its success criteria that need not be met. `headings` are those of its
    sections as written, `tool` whose format it has that is no SUBPLAN's, where known: both only where neither objective
    nor approach was found.
    """

    title: Passage | None
    header: tuple[HeaderField, ...]
    achievement: Passage | None
    objective: Passage | None
    approach: Passage | None
    phases: tuple[Phase, ...]
    success_criteria: tuple[Passage, ...]
    deliverables: tuple[Passage, ...]
    tests: tuple[Passage, ...]
    estimated_time: Passage | None
    execution_strategy: Passage | None
    planned_executions: tuple[PlannedExecution, ...]
    unfilled: tuple[Unfilled, ...]
    diagnostics: tuple[Diagnostic, ...]
    stretches: tuple[Stretch, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    footnotes: tuple[tuple[str, Passage], ...] = ()
    optional: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    tool: str | None = None


# --- a PLAN ---------------------------------------------------------------------------------------------------------


@frozen
class StatedDependencies:
    """What a PLAN says about the dependencies of one achievement.

    `ids` are the achievements of the same PLAN that it names beyond doubt, in its order. `unclear` are the pieces of
    `stated` that a person must read: other plans, unknown ids, words. Neither: it says that there are none.
    """

    stated: Passage
    ids: tuple[str, ...]
    unclear: tuple[str, ...]


@frozen
class PlannedAchievement:
    """An achievement as a PLAN defines it; None or empty is what it does not say.

    `line` is where its definition begins, `body` all of it below that line, verbatim. `title` is without its id, its
    time and marks of its state, and empty when there is none. `effort` is as written. `what` is the work to do,
    `dependencies` None when the PLAN is silent about them. `group` is the heading that it stands under, such as a
    priority; `rest` is what its definition says beside all of these. `finished`: the PLAN marks it, here or in a list,
    as work that is over.
    """

    id: str
    title: str
    line: int
    goal: Passage | None
    what: Passage | None
    success: tuple[Passage, ...]
    deliverables: tuple[Passage, ...]
    tests: tuple[Passage, ...]
    effort: Passage | None
    dependencies: StatedDependencies | None
    body: Passage | None
    group: Passage | None = None
    rest: Passage | None = None
    finished: bool = False


@frozen
class PlanText:
    """What a PLAN says: its title and goal, its header lines, and its achievements in the order of the document.

    `constraints`, `context` and `references` are its sections on what holds for every achievement, what everybody must
    know, and what to read. `links` are its link definitions (label, target), `footnotes` its footnotes by label.
    `diagnostics` are warnings about the text itself.
    """

    title: Passage | None
    goal: Passage | None
    header: tuple[HeaderField, ...]
    achievements: tuple[PlannedAchievement, ...]
    diagnostics: tuple[Diagnostic, ...]
    constraints: Passage | None = None
    context: Passage | None = None
    references: Passage | None = None
    links: tuple[tuple[str, str], ...] = ()
    footnotes: tuple[tuple[str, Passage], ...] = ()
