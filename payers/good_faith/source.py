"""The stored estimate that a good-faith estimate is made of, with what the clinic tells beside it."""

from typing import NamedTuple

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.model import TreatmentInfo
from payers.catalogue.vocabulary import PlaceOfService
from payers.estimate.answer import Answer
from payers.estimate.case import OFFICE
from payers.estimate.question import DatesCourse, Language, Question
from payers.good_faith.request import GoodFaithRequest


class Source(NamedTuple):
    """The catalogue is the one that the answer was made with."""

    catalogue: Catalogue
    answer: Answer
    question: Question
    request: GoodFaithRequest

    @property
    def lang(self) -> Language:
        """The language of the document, which need not be the answer's."""
        return self.request.lang

    @property
    def treatment(self) -> TreatmentInfo:
        """What the catalogue knows of the treatment."""
        return self.catalogue.treatments[self.question.treatment]

    @property
    def dated(self) -> bool:
        """Whether anybody said when the course starts; else its days are only counted from the day of the question."""
        return self.question.start_on is not None or isinstance(self.question.course, DatesCourse)

    @property
    def place_of_service(self) -> PlaceOfService:
        """Where the sessions are given; a clinic is an office unless somebody says otherwise."""
        return self.question.place_of_service or OFFICE
