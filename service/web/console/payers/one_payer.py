"""One payer as its page shows it: what the engine decides today, and every rule that it may decide by."""

from datetime import date
from typing import Literal, NamedTuple, get_args

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.coverage import Decision, decide_all
from payers.catalogue.identity import resolve
from payers.catalogue.model import Payer, Rule
from payers.catalogue.vocabulary import Indication, LineOfBusiness, Treatment
from payers.estimate.question import Language
from service.api.payer_views import PayerDetail, ResolvedName, RuleView, detail, resolved, rule_view, rules_of
from service.web.console.payers.listing import leads_to

TREATMENTS: tuple[Treatment, ...] = get_args(Treatment)
"""In the order in which people ask for them."""
INDICATIONS: tuple[Indication, ...] = get_args(Indication)

Standing = Literal["in-force", "to-come", "ended"]


class Matrix(NamedTuple):
    """Every decision for one line of business and plan: a row for each indication, in the order of the treatments."""

    line: LineOfBusiness
    plan: str | None
    rows: tuple[tuple[Indication, tuple[Decision, ...]], ...]


class ShownRule(NamedTuple):
    """A rule on the page. `own`: the clinic's. `general`: of every payer of the line that says nothing itself."""

    rule: RuleView
    own: bool
    general: bool
    all_uses: bool
    standing: Standing
    age_days: int


class OnePayer(NamedTuple):
    """Everything that the page shows of a payer. Without matrices its name leads elsewhere: `leads_to`."""

    detail: PayerDetail
    today: ResolvedName
    leads_to: tuple[Payer, ...]
    matrices: tuple[Matrix, ...]
    rules: tuple[ShownRule, ...]
    numbers: dict[Rule, int]
    """The place of each rule among `rules`, for the cells that rest on it."""


def one_payer(catalogue: Catalogue, payer: Payer, today: date, lang: Language) -> OnePayer:
    """The payer on that day."""
    heirs = leads_to(catalogue, payer, today)
    matrices = () if heirs else tuple(_matrices(catalogue, payer, today))
    decisions = [decision for matrix in matrices for _, row in matrix.rows for decision in row]
    general = [each.rule for each in decisions if each.rule is not None and each.is_default]
    rules = [*_in_order(catalogue, payer, today), *dict.fromkeys(general)]
    return OnePayer(
        detail=detail(catalogue, payer, today, lang),
        today=resolved(catalogue, resolve(catalogue, payer.slug, today), lang),
        leads_to=heirs,
        matrices=matrices,
        rules=tuple(
            ShownRule(
                rule=rule_view(catalogue, rule, today, lang),
                own=rule in catalogue.clinic.rules,
                general=rule.payer != payer.slug,
                all_uses=set(rule.indications) == set(INDICATIONS),
                standing=_standing(rule, today),
                age_days=(today - rule.verified_on).days,
            )
            for rule in rules
        ),
        numbers={rule: number for number, rule in enumerate(rules, 1)},
    )


def _matrices(catalogue: Catalogue, payer: Payer, today: date) -> list[Matrix]:
    """The payer's first line of business, then each other line and each plan for which something differs."""
    asked: dict[tuple[LineOfBusiness, str | None], None] = {(line, None): None for line in payer.lines_of_business}
    for rule in rules_of(catalogue, payer):
        asked[rule.line_of_business or payer.lines_of_business[0], rule.plan] = None
    usual: dict[LineOfBusiness, list[Rule | None]] = {}
    found: list[Matrix] = []
    for line, plan in sorted(asked, key=lambda each: each[1] is not None):
        decisions = decide_all(catalogue, payer, today, line, plan)
        by = [each.rule for each in decisions]
        known = usual.get(line) if plan else next(iter(usual.values()), None)
        usual.setdefault(line, by)
        if by != known:
            found.append(Matrix(line, plan, _rows(decisions)))
    return found


def _rows(decisions: list[Decision]) -> tuple[tuple[Indication, tuple[Decision, ...]], ...]:
    rows: dict[Indication, list[Decision]] = {}
    for decision in sorted(decisions, key=lambda each: TREATMENTS.index(each.treatment)):
        rows.setdefault(decision.indication, []).append(decision)
    return tuple((indication, tuple(row)) for indication, row in rows.items())


def _in_order(catalogue: Catalogue, payer: Payer, today: date) -> list[Rule]:
    """What holds before what does not, the clinic's own rules before the others, Spravato before ketamine."""
    standings: tuple[Standing, ...] = get_args(Standing)
    return sorted(
        rules_of(catalogue, payer),
        key=lambda rule: (
            standings.index(_standing(rule, today)),
            rule not in catalogue.clinic.rules,
            min(map(TREATMENTS.index, rule.treatments)),
            min(map(INDICATIONS.index, rule.indications)),
        ),
    )


def _standing(rule: Rule, today: date) -> Standing:
    if rule.holds_on(today):
        return "in-force"
    return "to-come" if rule.valid_from and rule.valid_from > today else "ended"
