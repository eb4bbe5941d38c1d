"""The plan or network that a payer's answer names, found among those of its price files."""

import pytest

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.clinic import ClinicLayer
from payers.catalogue.load import load_release
from payers.eligibility.read_271 import read_271
from payers.eligibility.response import Response, Transaction
from payers.estimate.from_payer.into_question import Answered, into_question
from payers.estimate.question import Question
from tests.payers.eligibility.plan.answers import message
from tests.payers.estimate.from_payer.checks import CHECK, COMMERCIAL, TODAY, asked
from tests.payers.rates.real import on_file, rate, source

RATES = [rate("J0013", 1_500), rate("J0013", 1_600, networks=("Choice POS II",))]
CATALOGUE = Catalogue(load_release(), ClinicLayer(), on_file((source(payer="aetna"), RATES)))


def transaction(plan: str, ref: str) -> Transaction:
    """An answer that calls the plan so (EB05), with a reference beside the member."""
    text = message("1 30").replace("~EB*1**30", f"~{ref}~EB*1**30**{plan}" if ref else f"~EB*1**30**{plan}")
    response = read_271(text)
    assert isinstance(response, Response)
    return response.transactions[0]


@pytest.mark.parametrize(
    ("plan", "ref", "told", "named"),
    [
        ("CHOICE", "", {}, "Choice"),
        ("CHOICE POS II", "", {}, "Choice POS II"),
        ("CHOICE", "REF*N6*0017*CHOICE POS II", {}, "Choice POS II"),
        ("CHOICE", "REF*18*CHOICE POS II", {}, "Choice"),
        ("GOLD", "REF*N6*0017*GOLD", {}, None),
        ("CHOICE", "", {"plan_network": "Choice POS II"}, "Choice POS II"),
        ("CHOICE", "", {"plan": "Choice POS II"}, "Choice POS II"),
    ],
)
def test_what_the_answer_names(plan: str, ref: str, told: dict[str, str], named: str | None) -> None:
    question = asked(COMMERCIAL | told)
    answered = Answered(CHECK, CATALOGUE.payers["aetna"], TODAY, transaction(plan, ref))
    found = into_question(CATALOGUE, question, answered, TODAY)
    assert isinstance(found, Question)
    assert found.plan_network == named
