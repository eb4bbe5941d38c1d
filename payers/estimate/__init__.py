"""What will this patient pay, for this treatment, with this coverage, session by session, and why?"""

from datetime import date

from payers.catalogue.catalogue import Catalogue
from payers.estimate.answer import Answer
from payers.estimate.estimate import Refusal, estimate
from payers.estimate.question import Question
from payers.estimate.tell import tell


def answer(catalogue: Catalogue, question: Question, today: date, *, id: str, created_at: str) -> Answer | Refusal:
    """Estimate and tell it in the question's language. The same arguments give the same answer, years later."""
    found = estimate(catalogue, question, today)
    return found if isinstance(found, Refusal) else tell(found, id, created_at)
