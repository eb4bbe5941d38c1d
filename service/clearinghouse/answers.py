"""Raw answers as the domain reads them, whatever network they came through."""

from payers.eligibility.read_271 import read_271
from payers.eligibility.read_availity import read_availity
from payers.eligibility.read_stedi import read_stedi
from payers.eligibility.response import NotX12, Rejection, Response
from service.clearinghouse.connector import Answered, Failed, RawFormat


def taken(raw_format: RawFormat, raw: str, sent: str) -> Answered | Failed:
    """What came back as an answer, if the domain can read one in it.

    An acknowledgement (999, TA1) is none, nor is a 271 that was cut off: what it does not say may have been lost.
    """
    answered = Answered(format=raw_format, raw=raw, sent=sent)
    response = read(answered)
    if isinstance(response, NotX12) or not response.transactions:
        return Failed(fault="garbled", detail="What came back is no answer to a question about a member.")
    if raw_format == "x12" and any(each.se01 is None for each in response.transactions):
        return Failed(fault="garbled", detail="The answer was cut off.")
    return answered


def read(answered: Answered) -> Response | NotX12:
    """The rows of an answer."""
    match answered.format:
        case "x12":
            return read_271(answered.raw)
        case "stedi":
            return read_stedi(answered.raw)
        case "availity":
            return read_availity(answered.raw)


def rejections(response: Response) -> tuple[Rejection, ...]:
    """Every no in it, from the payer's level down to single rows."""
    return tuple(
        rejection
        for transaction in response.transactions
        for level in (transaction, *transaction.members)
        for rejection in level.rejections
    )
