"""What browsers fetch for the widget: the script and its caching, the pages and their policies, words in step."""

import gzip
import re
from pathlib import Path

import httpx
import pytest

from payers.cost_share.money import Range
from service.web.widget.assets import FILES, script
from service.web.widget.rendering import ends
from service.web.widget.words import words

DOCS = Path(__file__).parents[2] / "docs"


async def test_the_script_is_one_module_for_any_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/widget.js", headers={"Origin": "https://anybody.example"})
    assert answer.headers["content-type"].split(";")[0] == "text/javascript"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "import " not in answer.text
    assert "https://" not in answer.text
    for lang in ("en", "es"):
        assert words()[lang]["title"] in answer.text


async def test_the_script_is_kept_for_good_by_its_version_alone(client: httpx.AsyncClient) -> None:
    named = await client.get("/widget.js", params={"v": script().version})
    unnamed = await client.get("/widget.js")
    old = await client.get("/widget.js?v=0123456789ab")
    assert "immutable" in named.headers["cache-control"]
    assert "immutable" not in unnamed.headers["cache-control"] + old.headers["cache-control"]
    assert named.content == unnamed.content == old.content


@pytest.mark.parametrize("packing", ["gzip", "identity"])
async def test_who_has_the_script_is_not_sent_it_again(packing: str, client: httpx.AsyncClient) -> None:
    headers = {"Accept-Encoding": packing}
    first = await client.get("/widget.js", headers=headers)
    again = await client.get("/widget.js", headers={**headers, "If-None-Match": first.headers["etag"]})
    assert first.headers.get("content-encoding", "identity") == packing
    assert first.content == script().body == gzip.decompress(script().packed)
    assert "Accept-Encoding" in first.headers["vary"]
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("name", ["widget.js", "nothing.css", "widget", "..%2Fpages.py"])
async def test_no_other_file_is_served(name: str, client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/widget/style/{name}")).status_code == 404


@pytest.mark.parametrize("path", ["/widget/demo", "/widget/form"])
async def test_pages_allow_nothing_inline_and_nobody_elses(path: str, client: httpx.AsyncClient) -> None:
    page = await client.get(path, headers={"Accept-Language": "es-MX"})
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert '<html lang="es">' in page.text
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page.text)
    for address in re.findall(r'(?:src|href)="(/[^"]+\.(?:js|css)[^"]*)"', page.text):
        fetched = await client.get(address)
        assert fetched.status_code == 200
        assert "immutable" in fetched.headers["cache-control"]


async def test_only_named_websites_may_frame_the_form(client: httpx.AsyncClient) -> None:
    form, demo = await client.get("/widget/form"), await client.get("/widget/demo")
    assert "frame-ancestors 'self' https://clinic.example" in form.headers["content-security-policy"]
    assert "frame-ancestors 'self';" in demo.headers["content-security-policy"]


async def test_the_form_hands_on_what_the_clinics_link_says(client: httpx.AsyncClient) -> None:
    page = await client.get("/widget/form?treatments=iv-ketamine+spravato&state=CO&lang=en&payer=self-pay")
    assert re.findall(r'name="treatment" value="([^"]+)"', page.text) == ["spravato", "iv-ketamine"]
    assert 'name="treatments" value="iv-ketamine spravato"' in page.text
    assert 'name="state" value="CO"' in page.text
    assert "treatments=iv-ketamine+spravato&amp;state=CO&amp;payer=self-pay" in page.text
    assert "IV ketamine, paid by you" in page.text


async def test_what_is_typed_into_an_address_is_text(client: httpx.AsyncClient) -> None:
    page = await client.get("/widget/form", params={"payer": "<script>alert(1)</script>", "treatments": '"><b>'})
    assert page.status_code == 422
    assert "<script>" not in page.text
    assert "<b>" not in page.text
    assert (await client.get("/widget/form?member_id=W123")).status_code == 422


def test_both_languages_say_the_same_things() -> None:
    english, spanish = words()["en"], words()["es"]
    assert english.keys() == spanish.keys()
    for key, text in english.items():
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", spanish[key])), key


def test_every_word_is_said() -> None:
    package = Path(FILES).parent
    sources = "".join(path.read_text() for path in [*FILES.glob("*.js"), *(package / "templates").iterdir()])
    sources += "".join(path.read_text() for path in package.glob("*.py"))
    statuses = {"covered", "prior-authorization", "case-by-case", "not-covered", "policy-silent", "self-pay"}
    built = statuses | {"from_insurer", "from_clinic", "found_one", "sessions_one", "failed_hint", "offline_hint"}
    assert {key for key in words()["en"] if not re.search(rf"\b{key}\b", sources)} <= built


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (0, 0, ("$0",)),
        (27_122, 27_122, ("$271.22",)),
        (18_732, 93_659, ("$187", "$937")),
        (0, 1_920_000, ("$0", "$19,200")),
    ],
)
def test_a_range_is_shown_in_whole_dollars_around_it(low: int, high: int, shown: tuple[str, ...]) -> None:
    assert ends(Range(low_cents=low, high_cents=high)) == shown


def test_the_attributes_table_is_the_element() -> None:
    source = (FILES / "widget.js").read_text()
    observed = re.search(r"observedAttributes = \[(.+)\]", source)
    assert observed
    known = set(re.findall(r'"([\w-]+)"', observed[1])) | set(re.findall(r'(?:get|has)Attribute\("([\w-]+)"\)', source))
    documented = re.findall(r"^\| `(\w[\w-]+)` \| ", (DOCS / "widget.md").read_text(), re.MULTILINE)
    assert sorted(documented) == sorted(known)


def test_the_properties_table_is_the_style_sheet() -> None:
    used = set(re.findall(r"var\((--outlay-[\w-]+)", (FILES / "widget.css").read_text()))
    documented = set(re.findall(r"^\| `(--outlay-[\w-]+)` \|", (DOCS / "widget.md").read_text(), re.MULTILINE))
    assert documented == used
