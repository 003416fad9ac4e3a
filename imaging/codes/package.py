"""All rolls of a package in one picture, while they are still inside it (seeds 000:22-23).

The labels of a package's rolls show through windows or a clear wrap. Codes are pooled over the pictures of one package
until its manifest is met: a roll is found once it was seen once, for the manifest itself bears it out. What the
manifest does not name is a stranger, and believed where one reading can be: a square code corrects itself, a linear
code must be seen in two pictures.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from imaging.codes.found import Found
from photocore.aim import Symbology
from photocore.ids import ItemId
from photocore.meanings import TWO_DIMENSIONAL
from photocore.package import MAX_ROLLS, Manifest
from photocore.scans import CopyScan, Knowledge, Level, PackageScan, RollScan, Scan
from photocore.symbology import read_frame

GTIN_ENDS: Final = 18
"""``(01)`` and fourteen digits."""
MOST_ITEMS: Final = 4 * MAX_ROLLS
"""Items a pool keeps: a picture of a whole shelf is let go here."""


@dataclass(frozen=True, kw_only=True)
class Located:
    """One item: ``places`` are its codes in the picture that showed it last, ``frames`` all pictures that did.

    A label says its roll twice, and a wrapped cartridge three times: that is one roll.
    """

    item: ItemId
    level: Level | None
    places: tuple[Found, ...]
    frames: frozenset[int]
    number: int = 0
    """Which roll of its manifest it is, from 1; 0 where no manifest names it."""

    @property
    def is_sure(self) -> bool:
        """Whether its reading can be believed by itself."""
        return len(self.frames) > 1 or any(place.symbology in TWO_DIMENSIONAL for place in self.places)


@dataclass(frozen=True, kw_only=True)
class PackageSeen:
    """What the pictures of one package have shown so far.

    ``expected`` is how many rolls it should have (0: nobody knows), ``missing`` which of the manifest's were not seen.
    ``doubtful`` are strangers read once, from a linear code; without a manifest, pieces of another product than most.
    """

    expected: int
    rolls: tuple[Located, ...] = ()
    missing: tuple[ItemId, ...] = ()
    strangers: tuple[Located, ...] = ()
    doubtful: tuple[Located, ...] = ()
    doubt_words: str = "read once, from a linear code"
    package: Located | None = None

    @property
    def is_complete(self) -> bool:
        """Whether every roll was found, and nothing that does not belong there."""
        return bool(self.expected) and len(self.rolls) == self.expected and not self.strangers

    @property
    def count_words(self) -> str:
        """How many were found: ``4 of 5 rolls found``."""
        count = f"{len(self.rolls)} of {self.expected}" if self.expected else str(len(self.rolls))
        return f"{count} roll{'s' if count != '1' else ''} found"

    @property
    def words(self) -> str:
        """What a person reads: how many were found, which are missing, and what is wrong."""
        told = [self.count_words]
        told += [f"missing: {', '.join(self.missing)}"] if self.missing else []
        told += [f"does not belong here: {', '.join(one.item for one in self.strangers)}"] if self.strangers else []
        return "; ".join(told)


@dataclass
class PackagePool:
    """Codes of one package, pooled over its pictures.

    With a ``manifest`` its rolls are looked for; without, ``count`` rolls of any name, or whatever there is. ``knows``
    tells packages from rolls where neither manifest nor house code does.
    """

    knows: Knowledge
    manifest: Manifest | None = None
    count: int = 0
    _located: dict[ItemId, Located] = field(default_factory=dict[ItemId, Located], init=False)

    def take(self, found: Iterable[Found]) -> PackageSeen:
        """Add codes of a picture, and return what is known now. A picture may be taken twice and counts once."""
        for code in found:
            for item, level in self._item_in(code):
                self._note(item, level, code)
        return self.seen

    def _note(self, item: ItemId, level: Level | None, code: Found) -> None:
        before = self._located.get(item)
        if before is None and len(self._located) >= MOST_ITEMS:
            return
        same_picture = tuple(place for place in before.places if place.at == code.at) if before else ()
        if any(code.is_same_symbol(place) for place in same_picture):
            return
        frames = before.frames | {code.at} if before else frozenset({code.at})
        self._located[item] = Located(item=item, level=level, places=(*same_picture, code), frames=frames)

    @property
    def seen(self) -> PackageSeen:
        """What is known now; rolls in the manifest's order, or in the order they were found."""
        if self.manifest is None:
            return self._seen_without_manifest()
        named = self.manifest.rolls
        others = [one for one in self._located.values() if one.item not in {*named, self.manifest.package}]
        return PackageSeen(
            expected=len(named),
            rolls=tuple(
                replace(self._located[roll], number=number)
                for number, roll in enumerate(named, start=1)
                if roll in self._located
            ),
            missing=tuple(roll for roll in named if roll not in self._located),
            strangers=tuple(one for one in others if one.is_sure),
            doubtful=tuple(one for one in others if not one.is_sure),
            package=self._located.get(self.manifest.package),
        )

    def _seen_without_manifest(self) -> PackageSeen:
        """Tell rolls and packages by what they are; a second package is a stranger.

        A maker's number does not tell a roll from the package round it. Where nobody knows the product, the rolls are
        of the product most of the pieces are of: the sixth number in a picture of five rolls is the package's own.
        """
        packages = [one for one in self._located.values() if one.level == "package"]
        others = [one for one in self._located.values() if one.level != "package"]
        products = Counter(one.item[:GTIN_ENDS] for one in others if one.level is None).most_common()
        most = [product for product, pieces in products if pieces == products[0][1]]
        doubtful = [one for one in others if one.level is None and [one.item[:GTIN_ENDS]] != most]
        return PackageSeen(
            expected=self.count,
            rolls=tuple(one for one in others if one not in doubtful),
            strangers=tuple(packages[1:]),
            doubtful=tuple(doubtful),
            doubt_words="of another product, perhaps the package itself; a manifest would tell",
            package=packages[0] if packages else None,
        )

    def _item_in(self, code: Found) -> Iterator[tuple[ItemId, Level | None]]:
        """Yield the one piece a code names; price codes, cards and other things in the picture name none of ours."""
        if code.symbology is Symbology.ITF:
            return
        scan = read_frame(code.frame, self.knows)
        item = _item_of(scan)
        if item is None:
            return
        if self.manifest and item in self.manifest.rolls:
            yield item, "roll"
        elif isinstance(scan, RollScan | CopyScan):
            yield item, "roll" if isinstance(scan, RollScan) else scan.level
        else:
            yield item, "package" if isinstance(scan, PackageScan) and scan.known else None


def _item_of(scan: Scan) -> ItemId | None:
    return scan.item if isinstance(scan, RollScan | CopyScan | PackageScan) else None
