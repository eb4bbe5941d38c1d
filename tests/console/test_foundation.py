"""What every page stands on: words in both languages, vendored files as they came, errors in the same dress."""

import hashlib
import re
import string
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar import Litestar

from service.web.console.static import FOLDER, served
from service.web.console.words import words
from tests.console.conftest import browsing
from tests.console.person import Person

VENDOR = FOLDER / "vendor"
TEMPLATES = sorted((FOLDER.parent / "console/templates").glob("*.html"))
LISTED: list[dict[str, str]] = msgspec.toml.decode((VENDOR / "list.toml").read_bytes())["file"]


@pytest.mark.parametrize("file", LISTED, ids=lambda file: file["name"])
def test_a_vendored_file_is_as_it_came(file: dict[str, str]) -> None:
    assert hashlib.sha256((VENDOR / file["name"]).read_bytes()).hexdigest() == file["sha256"]
    assert (VENDOR / file["licence_file"]).stat().st_size
    assert set(file) == {"name", "package", "version", "licence", "licence_file", "sha256"}


def test_nothing_is_vendored_that_is_not_listed() -> None:
    listed = {name for file in LISTED for name in (file["name"], file["licence_file"])}
    assert {path.name for path in VENDOR.iterdir()} == listed | {"list.toml"}


def test_both_languages_say_the_same_with_the_same_values() -> None:
    english, spanish = words("en"), words("es")
    assert english.keys() == spanish.keys()
    assert [_values(english[key]) for key in english] == [_values(spanish[key]) for key in english]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_a_template_has_neither_script_nor_style_nor_words_of_its_own(template: Path) -> None:
    text = template.read_text()
    assert re.findall(r"\s(?:on\w+|style|hx-on\S*|hx-vars)=", text) == []
    assert re.findall(r"<script(?! src=)|<style", text) == []
    assert re.findall(r"hx-trigger=\"[^\"]*\[", text) == []
    said = re.findall(r"\bt\(\"([\w.-]*[\w-])\"[,)]", text)
    assert [key for key in said if key not in words("en")] == []


def test_what_evaluates_code_is_off() -> None:
    base = next(template for template in TEMPLATES if template.name == "base.html").read_text()
    config: dict[str, Any] = msgspec.json.decode(re.findall(r"name=\"htmx-config\" content='(.*?)'", base)[0])
    assert (config["allowEval"], config["allowScriptTags"], config["selfRequestsOnly"]) == (False, False, True)
    assert config["historyCacheSize"] == 0, "pages hold what a payer said of a member"


async def test_files_are_told_apart_by_their_content_and_kept_for_good(person: Person) -> None:
    await person.open("/console/sign-in")
    for address in re.findall(r'(?:href|src)="(/console/static/[^"]+)"', person.page):
        response = await person.client.get(address)
        assert response.status_code == 200
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    unknown = await person.client.get("/console/static/list.toml")
    assert unknown.status_code == 404
    assert "list.toml" not in served()


@pytest.mark.parametrize(("accepted", "told"), [("en", "There is nothing here"), ("es-MX", "Aquí no hay nada")])
async def test_an_error_is_a_page_in_the_readers_language(
    app: Litestar, keys: dict[str, str], accepted: str, told: str
) -> None:
    async with browsing(app, **{"accept-language": accepted}) as person:
        await person.sign_in(keys["admin"])
        await person.open("/console/nowhere")
        assert person.status == 404
        assert told in person.text
        await person.open("/console/sign-out")
        assert person.status == 405


async def test_the_api_goes_on_answering_with_problem_documents(person: Person) -> None:
    response = await person.client.get("/v1/nowhere")
    assert response.headers["content-type"] == "application/problem+json"


async def test_the_switch_of_the_language_stays(biller: Person) -> None:
    assert "Estimate" in biller.text
    await biller.send("/console/language", lang="es", return_to="/console/estimate")
    assert 'lang="es"' in biller.page
    await biller.open("/console/estimate")
    assert "Estimación" in biller.text


async def test_the_other_language_shows_the_same(biller: Person) -> None:
    await biller.open("/console/payers?q=tricare")
    await biller.send("/console/language")
    assert 'lang="es"' in biller.page
    assert biller.filled("/console/payers")["q"] == "tricare"


def _values(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
