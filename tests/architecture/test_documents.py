"""The pages keep their promises: links lead somewhere, and nothing tracked names the machine it was written on."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))

# Written so that this file does not name them itself.
PRIVATE = re.compile(
    r"/wor[k]/|/tm[p]/tc|/roo[t]/|/hom[e]/\w+/|pypi\.[o]rg|pythonhoste[d]|registry\.npmj[s]|deb\.debia[n]|nodesourc[e]"
)
LOCKS = ("uv.lock",)  # it has to say where each hash was found


def links(page: str) -> Iterator[str]:
    """Yield the targets of a page's links and pictures that lead to files; code blocks are no links."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:|#", target):
            yield target.partition("#")[0]


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file(page: str):
    """A link in a page is a promise."""
    assert [target for target in links(page) if not (ROOT / page).parent.joinpath(target).exists()] == []


@pytest.mark.parametrize("name", ["README", "ARCHITECTURE", "CONTRIBUTING", "GLOSSARY", "CHANGELOG"])
def test_the_page_a_newcomer_looks_for_is_there(name: str):
    """Each has something to say."""
    assert len((ROOT / f"{name}.md").read_text(encoding="utf-8")) > 500


def test_no_tracked_file_names_this_machine_or_a_registry():
    """A path of someone's machine, or a registry's host, is noise at best in another checkout."""
    found = [
        f"{name}:{number}"
        for name in tracked_files()
        if name not in LOCKS
        for number, line in enumerate((ROOT / name).read_bytes().decode("utf-8", "replace").splitlines(), 1)
        if PRIVATE.search(line)
    ]
    assert found == []


def tracked_files() -> list[str]:
    """Return what git tracks here."""
    run = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode:
        pytest.skip("no git repository here, so nothing is tracked")
    return [name for name in run.stdout.split("\0") if name and (ROOT / name).is_file()]
