"""What the sample achievements say: a PLAN and a SUBPLAN with everything, with too much, and with awkward text."""

LONG_TITLE = (
    "Invoices in batches, for every customer, in every currency, with every discount that has ever been granted"
)

AWKWARD_TITLE = """Say "{{ 7*7 }}", {% raw %} and it's <b>done</b> | `a|b` 🎉 # no heading <!-- open"""

_AWKWARD = (
    'Jinja is text: {{ 7*7 }}, {% raw %}, {% include "no.md" %}, {# no comment #}.',
    "\"Double\" and 'single' quotes, `code`, a \\ backslash, 50 % & more: [1, 2], *stars* and _lines_.",
    "HTML is text or harmless: <b>bold</b>, <script>alert(1)</script>, &amp; and <!-- what is not closed",
    "| a | table | that | is | none |",
    "Emoji 🎉 👩‍💻 ✅, ünïcödé, 日本語, and " + "averyveryverylongword" * 12,
    "# heading inside",
)

_ITEMS = "\n".join(f"- {text}" for text in _AWKWARD)
_FENCED = "```md\n# heading inside\n\n{{ 7*7 }} {% raw %} <!--\n```"

SUBPLAN = """# SUBPLAN: Achievement 2.2 - Invoices in batches

**Estimated Time**: 9 hours

## Objective

Send all invoices of a month at once.

## Approach

Reuse the queue that reminders have.

### Phase 1: Collect (2 h)

**Goal**: Know which orders are to be billed

1. Query the open orders
2. Sort them by customer

### Phase 2: Send (3 h)

All of this is in `invoices/batch.py`:

**Goal**: Every customer has one invoice

**Steps**:

1. Make an invoice for each customer
2. Put it into the queue

**Output**: `invoices.csv`

**Verification**:

- Totals agree with the orders
- The log has one line for each customer

### Considerations

Send nothing before the totals agree.

## Success Criteria

- No invoice is sent twice

**Nice to Have**:

- The batch can be stopped

## Deliverables

- `invoices/batch.py`
- `docs/batches.md`

## Tests

- An empty month
- An order without a customer

## Execution Strategy

| Execution | Purpose |
|---|---|
| EXECUTION_TASK_SAMPLE_22_01 | Phase 1: Collect |
| EXECUTION_TASK_SAMPLE_22_02 | Phase 2: Send |

## Risks

The mail server refuses more than a thousand mails an hour, see `mail/limits.py`.
"""

AWKWARD_SUBPLAN = f"""# SUBPLAN: Achievement 2.4

**Estimated Time**: 1–2 "{{{{ hours }}}}" | about <b>half</b> a day

## Objective

{_AWKWARD[0]}
{_AWKWARD[1]}

{_FENCED}

{_AWKWARD[4]}

## Approach

1. **Say {{{{ 7*7 }}}}**: and {{% raw %}}, with "quotes" | and <b>HTML</b>
2. **Don't `stop`**: 🎉 # no heading, {{# no comment #}}

## Success Criteria

{_ITEMS}

## Deliverables

{_ITEMS}

## Tests

{_ITEMS.replace("- ", "- A test of: ")}
"""

LONG_SUBPLAN = """# SUBPLAN: Achievement 2.3

**Estimated Time**: 60 hours

## Objective

Send all invoices of a month at once, whatever the currency.

## Approach

In many steps.

{phases}

## Success Criteria

{criteria}

## Deliverables

{deliverables}

## Tests

{tests}

## Risks

The mail server refuses more than a thousand mails an hour.
"""

LONG_PHASE = """### Phase NUMBER: Part NUMBER of the work (2 h)

**Goal**: Part NUMBER of the invoices is sent, and whoever reads the log can see which it was

**Steps**:

1. Collect the orders of part NUMBER
2. Make an invoice for each customer of part NUMBER, with all discounts
3. Put it into the queue that reminders have

**Verification**:

- Totals of part NUMBER agree
- The log of part NUMBER has one line for each customer
"""

AWKWARD_PHASE = f"""### Phase 1: {AWKWARD_TITLE}

{_ITEMS}
"""

PLAN = """# PLAN: SAMPLE

## Goal

Customers get one invoice a month.

## Constraints

No new services.

## Context

Orders are in `orders.db`, one row each.

## References

- `docs/billing.md`

## Priority 1: Billing

### Achievement ID: Invoices in batches

**Goal**: Send all invoices of a month at once.

**What**:

- Use the queue of the reminders
- Keep the old command

**Success**:

- No invoice is sent twice

**Effort**: 5-7 hours

**Deliverables**:

- `invoices/batch.py`

**Tests**:

- An empty month

**Dependencies**: 1.11, and the new queue
"""

AWKWARD_PLAN = f"""# PLAN: SAMPLE

## Goal

{_AWKWARD[0]}
{_AWKWARD[1]}

{_FENCED}

## Constraints

{_ITEMS}

## Context

{_ITEMS}

## References

{_ITEMS}

## Priority 1: {AWKWARD_TITLE}

### Achievement ID: {AWKWARD_TITLE}

**What**:

{_ITEMS}

**Success**:

{_ITEMS}

**Effort**: 1–2 "{{{{ hours }}}}" | half a day

**Deliverables**:

{_ITEMS}

**Tests**:

{_ITEMS}

**Dependencies**: {_AWKWARD[0]}
"""

LONG_PLAN = """# PLAN: SAMPLE

## Goal

{goal}

## Constraints

{goal}

## Context

{goal}

## References

{deliverables}

## Priority 1: Billing

### Achievement ID: Invoices in batches

**Goal**: Send all invoices of a month at once, whatever the currency.

**What**:

{what}

**Success**:

{success}

**Effort**: 60 hours

**Deliverables**:

{deliverables}

**Tests**:

{tests}

**Dependencies**: all of the model
"""
