"""A message with the answers about several patients, taken apart: nobody's check may hold another patient's answer."""

from collections.abc import Iterator

from payers.eligibility.read_271 import read_271
from payers.eligibility.response import NotX12
from payers.eligibility.segments import Elements, read_segments


def single_answers(text: str) -> dict[str, str]:
    """Each transaction as a message of its own, under every trace (TRN02) in it. Nothing where the text is no 271."""
    response, segments = read_271(text), read_segments(text)
    if isinstance(response, NotX12) or isinstance(segments, NotX12):
        return {}
    element, segment = response.delimiters.element, response.delimiters.segment
    return {
        trace[2].strip(): "".join(element.join(each) + segment for each in message)
        for message in _messages(segments)
        for trace in message
        if trace[0] == "TRN" and len(trace) > 2
    }


def _messages(segments: list[Elements]) -> Iterator[list[Elements]]:
    """Every transaction in the frame that it came in, with that frame's own numbers at its end."""
    interchange: Elements = []
    group: Elements = []
    transaction: list[Elements] = []
    for each in segments:
        match each[0]:
            case "ISA":
                interchange = each
            case "GS":
                group = each
            case "ST":
                transaction = [each]
            case "SE":
                ends = [["GE", "1", *group[6:7]], ["IEA", "1", *interchange[13:14]]]
                yield [interchange, group, *transaction, each, *ends]
                transaction = []
            case _ if transaction:
                transaction.append(each)
            case _:
                pass
