"""Somebody at the console without script: opens pages, sends their forms, reads what they say."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

import httpx


class Person:
    """One browser. `page` is what it last showed, `at` where."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.page = ""
        self.status = 0
        self.at = ""

    async def open(self, address: str, **headers: str) -> str:
        """Open a page, and go where it leads."""
        return self._see(await self.client.get(address, headers=headers, follow_redirects=True))

    async def send(self, address: str, typed: Mapping[str, str] = {}, /, *, files: Any = None, **more: str) -> str:
        """Send the form of the page that goes to this address, with all that it holds, as a browser would."""
        form = {**self.filled(address), **typed, **more}
        response = await self.client.post(address, data=form, files=files, follow_redirects=True)
        return self._see(response)

    async def sign_in(self, key: str) -> str:
        """Sign in by a staff key."""
        await self.open("/console/sign-in")
        return await self.send("/console/sign-in", key=key)

    def filled(self, address: str) -> dict[str, str]:
        """What the inputs of the form hold that goes to this address."""
        forms = re.findall(r"<form\b.*?</form>", self.page, re.DOTALL)
        form = next((each for each in forms if re.search(rf'\baction="{address}"|formaction="{address}"', each)), "")
        found: dict[str, str] = {}
        for tag in re.findall(r"<input\b[^>]*>", form):
            kind = _attribute(tag, "type")
            if kind not in ("file", "checkbox") and (kind != "radio" or " checked" in tag):
                found[_attribute(tag, "name")] = _attribute(tag, "value")
        for tag, options in re.findall(r"(<select\b[^>]*>)(.*?)</select>", form, re.DOTALL):
            chosen = re.search(r'<option value="([^"]*)" selected>', options)
            found[_attribute(tag, "name")] = unescape(chosen[1]) if chosen else ""
        return found

    @property
    def text(self) -> str:
        """What there is to read."""
        body = self.page.partition("<main")[2] or self.page
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body))).strip()

    @property
    def wrong(self) -> dict[str, str]:
        """What is said to be wrong, by the field beside which it stands."""
        found = re.findall(r'<p class="wrong" id="([\w-]+)-wrong">(.*?)</p>', self.page, re.DOTALL)
        return {name: unescape(sentence) for name, sentence in found}

    def _see(self, response: httpx.Response) -> str:
        self.page, self.status, self.at = response.text, response.status_code, response.url.path
        return self.text


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""
