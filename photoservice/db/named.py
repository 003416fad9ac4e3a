"""SQL lives in .sql files: each block has a name and a sentence, and is asked for by ``file.name``.

Whoever tunes a query finds it by its name in a log, and a database person can read all of them without Python.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from photoservice.errors import QueryUnnamed

_BLOCK = re.compile(r"^-- name: ([a-z_]+)\n((?:--[^\n]*\n)+)(.*?)(?=^-- name: |\Z)", re.MULTILINE | re.DOTALL)


def load_queries(folder: Path) -> Mapping[str, str]:
    """Return the SQL of every block in ``folder``'s files by ``file.name``.

    Raises:
        QueryUnnamed: a file holds a block without a name or a sentence, or a name twice.
    """
    queries: dict[str, str] = {}
    for path in sorted(folder.glob("*.sql")):
        for name, sql in _blocks(path):
            if name in queries:
                raise QueryUnnamed(f"{name} stands twice")
            queries[name] = sql
    return MappingProxyType(queries)


def _blocks(path: Path) -> Iterator[tuple[str, str]]:
    text = path.read_text(encoding="utf-8")
    found = list(_BLOCK.finditer(text))
    if len(found) != text.count("-- name:"):
        raise QueryUnnamed(f"{path.name} holds a block without a name or a sentence")
    for block in found:
        yield f"{path.stem}.{block[1]}", block[3].strip().rstrip(";")
