"""Why a file is not taken as a scan: one word for programs and one sentence for people each (docs/images.md)."""

from typing import Final, Literal

from imaging.errors import ScanRefused

Word = Literal[
    "zero-bytes",
    "not-a-picture",
    "type-not-taken",
    "too-large",
    "too-many-pixels",
    "too-wide",
    "many-pages",
    "profile-too-large",
    "truncated",
    "undecodable",
    "too-much-memory",
    "took-too-long",
]

SENTENCES: Final[dict[Word, str]] = {
    "zero-bytes": "the file is empty; export the scan again",
    "not-a-picture": "this is no picture; send JPEG, PNG, TIFF or WebP",
    "type-not-taken": "pictures of this kind are not taken; send JPEG, PNG, TIFF or WebP",
    "too-large": "the file is too large",
    "too-many-pixels": "the picture has too many pixels",
    "too-wide": "the picture is too long on one side",
    "many-pages": "the file holds several pictures; send one file a frame",
    "profile-too-large": "the colour profile in the file is too large",
    "truncated": "the file ends before its picture does; send it again",
    "undecodable": "the picture is broken and cannot be opened; export the scan again",
    "too-much-memory": "opening the picture takes more memory than it may",
    "took-too-long": "opening the picture takes longer than it may",
}


def refusal(word: Word, about: str = "") -> ScanRefused:
    """Return the refusal of ``word``, to be raised; ``about`` says more and may quote the file."""
    return ScanRefused(word, f"{SENTENCES[word]} ({about})" if about else SENTENCES[word])
