"""Every failure and every column has its words in both languages."""

from typing import get_args

from payers.estimate.question import Language
from service.api.eligibility_words import ADMINISTRATORS, FAILURES
from service.clearinghouse.connector import Fault
from service.eligibility.schedule import COLUMNS
from service.eligibility.schedule_words import ADMINISTRATOR, DID_YOU_MEAN, PERHAPS, PROBLEMS, QUOTE, Problem, remedy


def test_every_failure_is_told_in_both_languages() -> None:
    for lang in get_args(Language):
        assert set(FAILURES[lang]) == set(get_args(Fault))
    assert set(get_args(Fault)) >= ADMINISTRATORS


def test_every_fault_of_a_schedule_is_told_in_both_languages() -> None:
    for lang in get_args(Language):
        assert set(PROBLEMS[lang]) == set(get_args(Problem))
        assert all(words[lang] for words in (ADMINISTRATOR, DID_YOU_MEAN, PERHAPS, QUOTE))
    for column in COLUMNS:
        assert remedy("en", column.heading) != remedy("es", column.heading)
