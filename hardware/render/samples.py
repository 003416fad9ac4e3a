"""A label of every kind with made-up content: for previews, proofs and tests, never for the counter.

The codes are well formed and belong to nobody: GTINs of GS1's example range, a claim code of Douglas Crockford's page.
"""

from datetime import UTC, datetime
from typing import Final

from hardware.render.template import LabelTemplate
from photocore.ids import ItemId
from photocore.label import (
    BagLabel,
    ClaimStub,
    Label,
    PackageLabel,
    QualityLabel,
    Receipt,
    RollLabel,
    TrialLabel,
    TwinCheckLabel,
    Wanted,
    WantedRoll,
)
from photocore.twin_checks import bag_number, twin_check

ROLL: Final = ItemId("(01)09501101530003(21)7H3K9QX2MV")
PACKAGE: Final = ItemId("(01)19501101530000(21)P2026A123")
CLAIM_CODE: Final = "H88CMK9BVJ1VP"
ACCESS_CODE: Final = "7H3K9QX2MVB4D6F0T"
COPY: Final = "K3M9QX"
LINK: Final = "https://photos.example.com/claim"
PRODUCT: Final = "Portra 400"
DETAIL: Final = "135-36 · ISO 400 · C-41"
STORE: Final = "Foto Lenz, Basel"
WANTED: Final = Wanted(
    rolls=(WantedRoll(process="C-41"), WantedRoll(process="C-41"), WantedRoll(process="B&W", stops=1)),
    scan="standard",
    negatives="return_cut",
)


def sample_label(template: LabelTemplate, language: str = "en") -> Label:
    """Return made-up content for ``template``; with a claim code where it has a place to hide one."""
    match template.purpose:
        case "roll":
            return _roll(language)
        case "presale":
            return _roll(language, link=LINK, claim_code=CLAIM_CODE if template.seal in ("strip", "fold") else None)
        case "package":
            return PackageLabel(
                package=PACKAGE,
                of=5,
                copy=COPY,
                product=PRODUCT,
                detail=DETAIL,
                store=STORE,
                link=LINK,
                language=language,
            )
        case "twin_check":
            return TwinCheckLabel(
                number=twin_check(4, 7731), bag=bag_number(4, 312), wanted=WANTED.rolls[2], roll=ROLL, language=language
            )
        case "bag":
            return BagLabel(bag=bag_number(4, 312), of=3, wanted=WANTED, store=STORE, language=language)
        case "quality":
            return QualityLabel(detail="counter-left · 2026-11-21", store=STORE, language=language)
        case "calibration" | "trial" | "training":
            return _trial(template.purpose, language)


def sample_receipt(language: str = "en") -> Receipt:
    """Return a made-up receipt."""
    return Receipt(
        number="TCN-H88CMK98F",
        package=PACKAGE,
        store=STORE,
        made_at=datetime(2026, 11, 21, 9, 22, tzinfo=UTC),
        card_masked="•••• 4711",
        rolls=(ROLL,),
        product=PRODUCT,
        detail=DETAIL,
        access_code=ACCESS_CODE,
        access_url=f"https://photos.example.com/r/#{ACCESS_CODE}",
        language=language,
    )


def sample_stub(language: str = "en") -> ClaimStub:
    """Return a made-up claim stub."""
    made_at = datetime(2026, 11, 21, 9, 22, tzinfo=UTC)
    return ClaimStub(bag=bag_number(4, 312), store=STORE, made_at=made_at, wanted=WANTED, language=language)


def _roll(language: str, link: str = "", claim_code: str | None = None) -> RollLabel:
    return RollLabel(
        roll=ROLL,
        package=PACKAGE,
        number=2,
        of=5,
        copy=COPY,
        product=PRODUCT,
        detail=DETAIL,
        store=STORE,
        link=link,
        claim_code=claim_code,
        language=language,
    )


def _trial(purpose: str, language: str) -> TrialLabel:
    """Return what staff print to try a printer; its words are the kiosk's, and English here."""
    if purpose == "training":
        lines = ("Made in training: it counts for nothing.", "Please throw it away.")
        return TrialLabel(title="Roll label · Portra 400", lines=lines, band="TRAINING", language=language)
    lines = ("It counts for nothing.", "0.5 mm right, 0 mm down")
    return TrialLabel(title="Test label", lines=lines, has_ruler=purpose == "calibration", language=language)
