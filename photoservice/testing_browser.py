"""A browser without scripts, for walks through pages: it keeps cookies, reads forms, and sends them as they stand.

What it sends of a form is what the page put there (the CSRF token with the rest), changed only where the walk says so.
So a walk sees what somebody sees whose browser runs no script, and a form that lacks a field fails the walk.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

import requests

_PATIENCE_S: Final = 30
_VOID_KINDS: Final = ("submit", "button", "reset", "image", "file")


@dataclass
class Form:
    """A form as it stands on a page: where it goes, how, and its fields in their order."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    buttons: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def filled(self, changes: Mapping[str, str | list[str]]) -> list[tuple[str, str]]:
        """Return the fields to be sent: those that stand there, with what ``changes`` says in their place."""
        kept = [(name, value) for name, value in self.fields if name not in changes]
        said = ((name, value if isinstance(value, list) else [value]) for name, value in changes.items())
        return kept + [(name, one) for name, values in said for one in values]


class _Reader(HTMLParser):
    """Finds forms and links; a field may name the form it belongs to by ``form=``."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._by_id: dict[str, Form] = {}
        self._strays: list[tuple[str, str, str]] = []
        self._open: Form | None = None
        self._select: tuple[str, Form | None] | None = None
        self._area: tuple[str, Form | None, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(action=said.get("action", ""), method=said.get("method", "get").lower())
            self.forms.append(self._open)
            if name := said.get("id"):
                self._by_id[name] = self._open
        elif tag == "a" and "href" in said:
            self.links.append(said["href"])
        elif tag in ("input", "button"):
            self._note_input(tag, said)
        elif tag == "select":
            self._select = (said.get("name", ""), self._open)
        elif tag == "option" and self._select and "selected" in said and self._select[1]:
            self._select[1].fields.append((self._select[0], said.get("value", "")))
        elif tag == "textarea":
            self._area = (said.get("name", ""), self._open, [])

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area[2].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area:
            name, form, said = self._area
            if form and name:
                form.fields.append((name, "".join(said)))
            self._area = None

    def close(self) -> None:
        super().close()
        for owner, name, value in self._strays:
            if owner in self._by_id:
                self._by_id[owner].fields.append((name, value))

    def _note_input(self, tag: str, said: dict[str, str]) -> None:
        name, kind = said.get("name", ""), said.get("type", "submit" if tag == "button" else "text")
        if not name or "disabled" in said:
            return
        if kind in _VOID_KINDS:
            if self._open:
                self._open.buttons.append((name, said.get("value", "")))
            return
        if kind in ("checkbox", "radio") and "checked" not in said:
            return
        value = said.get("value", "on" if kind == "checkbox" else "")
        if "form" in said:
            self._strays.append((said["form"], name, value))
        elif self._open:
            self._open.fields.append((name, value))


@dataclass
class PlainBrowser:
    """Somebody with a browser that runs no scripts. ``path`` and ``page`` are what it shows now."""

    url: str
    language: str = "en"
    path: str = ""
    page: str = ""
    http: requests.Session = field(default_factory=requests.Session)

    def go(self, path: str) -> str:
        """Open a page of the service and return its text.

        Raises:
            AssertionError: there is none, or nothing for whoever asks.
        """
        return self._show("GET", path)

    def submit(self, action: str, changes: Mapping[str, str | list[str]] | None = None, /, **more: str) -> str:
        """Send the first form of the page whose path is ``action``, or begins so where that ends in ``*``.

        Raises:
            AssertionError: the page has no such form, or the answer is no page.
        """
        form = self.form(action)
        filled = form.filled({**(changes or {}), **more})
        return self._show(form.method.upper(), form.action or self.path, filled)

    def form(self, action: str) -> Form:
        """Return the first form of the page that goes to ``action`` (see :meth:`submit`)."""
        reader = self._read()
        for form in reader.forms:
            path = urlsplit(form.action or self.path).path
            if path == action or (action.endswith("*") and path.startswith(action[:-1])):
                return form
        there = sorted({form.action for form in reader.forms})
        raise AssertionError(f"{self.path} has no form for {action}; it has {there}")

    def links(self, beginning: str) -> list[str]:
        """Return the links of the page that begin so, each once, in their order."""
        return list(dict.fromkeys(link for link in self._read().links if link.startswith(beginning)))

    def _read(self) -> _Reader:
        reader = _Reader()
        reader.feed(self.page)
        reader.close()
        return reader

    def _show(self, method: str, path: str, fields: list[tuple[str, str]] | None = None) -> str:
        where = urljoin(f"{self.url}{self.path or '/'}", path)
        headers = {"Accept": "text/html", "Accept-Language": self.language}
        headers["Connection"] = "close"  # one that idled may be hung up on just as it is used again
        if method == "GET":
            reply = self.http.get(where, params=fields, headers=headers, timeout=_PATIENCE_S)
        else:
            reply = self.http.post(where, data=fields, headers=headers, timeout=_PATIENCE_S)
        if reply.status_code >= 400:
            raise AssertionError(f"{method} {path}: {reply.status_code} {reply.text[:500]}")
        shown = urlsplit(reply.url)
        self.path = shown.path + (f"?{shown.query}" if shown.query else "")
        self.page = reply.text
        return self.page
