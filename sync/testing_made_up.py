"""The made-up packages of the photoservice that behaves: it judges what stations tell of them, as the real one does.

It refuses wrong orders: a code for each roll and none too many, codes replaced before the sale only, a copy told twice.
"""

from dataclasses import dataclass, field

from photocore.codes import parse_claim_code
from photocore.errors import EventMalformed
from photocore.kinds import (
    Body,
    ClaimCodesReplaced,
    ClaimCodesReplacedSecrets,
    ClaimWithdrawn,
    CodeOfRoll,
    LabelCopy,
    MakeUpWithdrawn,
    PackageClaimed,
    PackageMadeUp,
    PackageMadeUpSecrets,
)

SECRETS: dict[str, type[PackageMadeUpSecrets | ClaimCodesReplacedSecrets]] = {
    "PackageMadeUp": PackageMadeUpSecrets,
    "ClaimCodesReplaced": ClaimCodesReplacedSecrets,
}


@dataclass
class MadeUpBook:
    """``codes`` holds the one live claim code of each roll, ``dead_codes`` every one that was."""

    packages: dict[str, PackageMadeUp] = field(default_factory=dict[str, PackageMadeUp])
    codes: dict[str, str] = field(default_factory=dict[str, str])
    dead_codes: set[str] = field(default_factory=set[str])
    copies: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    withdrawn: set[str] = field(default_factory=set[str])
    claims: dict[str, str] = field(default_factory=dict[str, str])

    def package_of(self, item: str) -> PackageMadeUp | None:
        """Return the made-up package that ``item`` belongs to, unless it was undone."""
        found = (made for made in self.packages.values() if item in (made.package, *made.rolls))
        return next((made for made in found if made.package not in self.withdrawn), None)

    def take(self, event_id: str, body: Body, codes: tuple[CodeOfRoll, ...] = ()) -> None:
        """Carry one event out.

        Raises:
            EventMalformed: it must be parked; the text says why.
            CodeError: a claim code is none.
        """
        match body:
            case PackageMadeUp():
                self._make_up(body, codes)
            case ClaimCodesReplaced():
                self._replace(body, codes)
            case MakeUpWithdrawn():
                self._withdraw(body)
            case PackageClaimed():
                made = self.package_of(body.item)
                if made is not None:
                    self.claims[event_id] = made.package
            case ClaimWithdrawn():
                self.claims.pop(body.claim, None)
            case _:
                pass

    def _make_up(self, body: PackageMadeUp, codes: tuple[CodeOfRoll, ...]) -> None:
        known = {item for made in self.packages.values() for item in (made.package, *made.rolls)}
        _park_if(bool(known & {body.package, *body.rolls}), "its codes name another package")
        _park_if({code.roll for code in codes} != set(body.rolls if body.coded else ()), "not one code for each roll")
        self.packages[body.package] = body
        self._add(body.copies, codes)

    def _replace(self, body: ClaimCodesReplaced, codes: tuple[CodeOfRoll, ...]) -> None:
        made = self.packages.get(body.package)
        _park_if(made is None or body.package in self.withdrawn, "no such package was made up")
        _park_if(body.package in self.claims.values(), "the package is registered")
        rolls = {copy.roll for copy in body.copies}
        _park_if(made is not None and not rolls <= set(made.rolls), "not its rolls")
        _park_if({code.roll for code in codes} != rolls, "not one code for each roll")
        self._add(body.copies, codes)

    def _withdraw(self, body: MakeUpWithdrawn) -> None:
        made = self.packages.get(body.package)
        _park_if(made is None, "no such package was made up")
        _park_if(body.package in self.claims.values(), "the package is registered")
        self.withdrawn.add(body.package)
        for roll in made.rolls if made else ():
            self._bury(roll)

    def _add(self, copies: tuple[LabelCopy, ...], codes: tuple[CodeOfRoll, ...]) -> None:
        for copy in copies:
            _park_if((copy.roll, copy.copy) in self.copies, "this copy was told of before")
            self.copies.add((copy.roll, copy.copy))
        for code in codes:
            self._bury(code.roll)
            self.codes[code.roll] = parse_claim_code(code.code)

    def _bury(self, roll: str) -> None:
        dead = self.codes.pop(roll, None)
        self.dead_codes |= {dead} if dead else set()


def _park_if(is_wrong: bool, why: str) -> None:
    if is_wrong:
        raise EventMalformed(why)
