"""One message about several patients, taken apart."""

from payers.eligibility.read_271 import read_271
from payers.eligibility.response import Response
from service.clearinghouse.single_answers import single_answers
from tests.service.clearinghouse.network import ACKNOWLEDGEMENT, ANSWER, TRACE

FIRST = ANSWER[: ANSWER.index("GE*")]
SECOND = ANSWER[ANSWER.index("ST*") :].replace(TRACE, "second").replace("ADA", "BYRON")


def test_each_transaction_is_a_message_of_its_own() -> None:
    answers = single_answers(FIRST + SECOND)

    assert set(answers) == {TRACE, "second"}
    assert answers[TRACE] == ANSWER
    response = read_271(answers["second"])
    assert isinstance(response, Response)
    assert not response.warnings
    assert response.transactions[0].patients[0].first_name == "BYRON"
    assert "ADA" not in answers["second"]


def test_interchanges_that_follow_each_other_keep_their_own_frames() -> None:
    second = ANSWER.replace(TRACE, "second").replace("000000007", "000000008")

    answers = single_answers(f"{ANSWER}\n{second}\n")

    assert "000000008" in answers["second"]
    assert "000000008" not in answers[TRACE]


def test_each_interchange_is_cut_with_its_own_delimiters() -> None:
    second = ANSWER.replace(TRACE, "second").replace("*", "|").replace("~", "'").replace("ADA", "A*D~A")

    answers = single_answers(ANSWER + second)

    assert answers == {TRACE: ANSWER, "second": second}
    response = read_271(answers["second"])
    assert isinstance(response, Response)
    assert response.transactions[0].patients[0].first_name == "A*D~A"


def test_other_delimiters_and_several_traces_are_kept() -> None:
    text = ANSWER.replace(f"TRN*2*{TRACE}", f"TRN*1*theirs*9PAYER0000~TRN*2*{TRACE}").replace("SE*12", "SE*13")
    text = text.replace("*", "|").replace("~", "'\n")

    answers = single_answers(text)

    assert set(answers) == {"theirs", TRACE}
    assert answers["theirs"] == answers[TRACE] == text.replace("\n", "")


def test_what_is_no_271_holds_none() -> None:
    assert single_answers("") == {}
    assert single_answers("a letter") == {}
    assert single_answers(ACKNOWLEDGEMENT) == {}
    assert single_answers(FIRST[:-20]) == {}
