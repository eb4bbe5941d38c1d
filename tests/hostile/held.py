"""What must hold of every answer, whatever was asked."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from service.api.envelope import SECURITY_HEADERS

_INSIDE = re.compile(
    r"Traceback|File \"|site-packages|/(?:work|usr|root|tmp)/|/home/\w+/(?:outlay|\.)|\.py\b|"
    r"asyncpg|msgspec|litestar|starlette|uvicorn|jinja|postgres|"
    r"syntax error at|relation \"|INSERT INTO|\bSELECT .* FROM|invalid byte sequence|object at 0x|"
    r"(?:<|&lt;)(?:module|class) (?:'|&#39;)",
    re.IGNORECASE,
)
"""What only the inside of the service says."""
_COMPUTED = "536474196"
"""9876 times 54321: a template that somebody sent was filled in. Too long to stand in a request id by chance."""
_FORGED = re.compile(r"(?:^|, ?)forged=")
_BROKEN = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_HERE = re.compile(r"/(?![/\\])[\x21-\x7e]*")
_MARKUP = re.compile(r"<[a-z!/]", re.IGNORECASE)


def faults(status: int, headers: Mapping[str, str], body: bytes, planted: str = "") -> Iterator[str]:
    """Everything that is wrong with an answer. `planted` is the text that was sent."""
    if status >= 500 and not (status in (501, 502, 503) and _told_so(status, headers, body)):
        yield f"status {status}"
    yield from _of_headers(headers)
    kind = headers.get("content-type", "")
    if "pdf" not in kind:
        yield from _of_text(body.decode(errors="replace"), planted)
    if "html" in kind:
        yield from _of_page(body.decode(errors="replace"), headers, planted)
    elif status >= 400 and body and "problem+json" not in kind and "fhir+json" not in kind:
        yield f"a refusal as {kind!r}"


def _of_headers(headers: Mapping[str, str]) -> Iterator[str]:
    yield from (f"no {name.decode()}" for name in SECURITY_HEADERS if name.decode() not in headers)
    if "forged" in headers or _FORGED.search(headers.get("set-cookie", "")):
        yield "a cookie that somebody sent"
    if any(_BROKEN.search(value) for value in headers.values()):
        yield "a header with an end in it"
    location = headers.get("location", "/")
    if not _HERE.fullmatch(location):
        yield f"leads to {location!r}"


def _of_text(text: str, planted: str) -> Iterator[str]:
    """What only the inside says. What was sent may be repeated, unless it is markup."""
    for way in (planted, html.escape(planted), str(json.dumps(planted))[1:-1], quote(planted)):
        if way and not _MARKUP.search(planted):
            text = text.replace(way, "")
    if found := _INSIDE.search(text):
        yield f"tells {text[max(0, found.start() - 30) : found.end() + 30]!r}"
    if _COMPUTED in text:
        yield "a template was filled in"


def _of_page(page: str, headers: Mapping[str, str], planted: str) -> Iterator[str]:
    if _MARKUP.search(planted) and planted in page:
        yield "markup that somebody sent"
    policy = headers.get("content-security-policy", "")
    if "unsafe" in policy or "script-src *" in policy:
        yield "a policy that allows anything"


def _told_so(status: int, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether it is one of the refusals that stand for somebody else's fault: 503 says when to come back."""
    if status == 503:
        return "retry-after" in headers or b"no-member-data-keys" in body
    return b"/problems/no-pdf" in body or b"html" in headers.get("content-type", "").encode()
