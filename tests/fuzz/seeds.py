"""Where the fuzzer begins: real codes, frames, events, answers and parcels, made by our own code."""

import zlib
from random import Random

import msgspec
from real_codes import make_shop
from targets import DIGEST, EDITABLE, ENDS, EPOCH, GOOD_CODE, GOOD_EVENTS, KEY, PACKAGE, ROLL, SHOP, STATION

from photocore import codes
from photocore.events import Event, Prev, SealedPart, encode_event, sign_event
from photocore.ids import ItemId, Sgtin
from photocore.keys import b64
from photocore.kinds import Body, ClaimWithdrawn, CopiesIssued, LabelCopy, PackageClaimed, public_of
from photocore.package import Manifest, Product
from photocore.roster import (
    PackageFacts,
    RosterSnapshot,
    Store,
    StoreSettings,
    encode_roster,
    sign_package,
    sign_roster,
)
from photocore.seams import HttpRequest
from photocore.testing import SeededEntropy
from photocore.wire import (
    Ack,
    ClaimNews,
    EnrolAnswer,
    EpochHead,
    EpochMark,
    EventVerdict,
    Hello,
    Mark,
    News,
    NewsRequest,
    Outcome,
    ServiceKeys,
    SyncAnswer,
    ToldNews,
    Verdict,
    Welcome,
    encode,
    encode_batch,
    events_path,
    hello_path,
    sign_ack,
    sign_news,
    sign_welcome,
)
from sync.parcel import AnswersHead, PackedAnswer, ParcelHead, close_answers, pack_request, seal_parcel

NOW = "2026-11-21T09:30:00.000Z"
URL = "https://photos.example"
ITEM = str(Sgtin(PACKAGE, "PKG7Q2M9"))
ROLLS = tuple(str(Sgtin(ROLL, f"ROLL000{n}")) for n in (1, 2, 3))
CLAIM = f"{9:032x}"
MARK = Mark(seq=3, hash="cd" * 32)


def _frames() -> list[bytes]:
    shop, chance = make_shop(5, "drawn", packages=10, cards=5), Random(5)
    entropy = SeededEntropy(5)
    ours = [codes.mint_code(entropy, kind) for kind in codes.CodeKind]
    told = [chance.choice(shop.codes).text.encode() for _ in range(60)]
    more = [b"]E04006381333931", b"(01)09521141012345(21)PKG7Q2M9", b"https://photos.example/r#" + ours[1].encode()]
    return [GOOD_CODE, *told, *more, *(code.encode() for code in ours)]


def _events() -> list[Event]:
    copies = tuple(LabelCopy(roll=roll, copy="AB12C3") for roll in ROLLS)
    bodies: list[Body] = [
        PackageClaimed(
            item=ITEM, level="package", package=ITEM, rolls=ROLLS, store="9521141000007", number="TCN-7Q2M9XKD4",
            item_typed=False, card_typed=False, claim_code=False, activation="registration", roster=4, copies=copies,
        ),
        CopiesIssued(claim=CLAIM, reason="smudged", copies=copies),
        ClaimWithdrawn(claim=CLAIM, item=ITEM, by="staff", reason="äöü"),
    ]  # fmt: skip
    return [
        sign_event(
            Event(
                id=f"{seq:032x}", kind=type(body).__name__, station=STATION, epoch=EPOCH, seq=seq, at=NOW,
                public=public_of(body), prev=Prev(epoch=EPOCH, seq=seq - 1, hash=DIGEST),
                sealed=SealedPart(hash=DIGEST, box=b64(b"sealed" * 9)), secrets=SealedPart(hash=DIGEST),
            ),
            KEY,
        )
        for seq, body in enumerate(bodies, 2)
    ]  # fmt: skip


def _roster() -> RosterSnapshot:
    return RosterSnapshot(
        version=4,
        made_at=NOW,
        store=Store(gln="9521141000007", name="Corner Photo"),
        settings=StoreSettings(access_url=URL),
        products=(Product(gtin=PACKAGE, level="package", name="Halide 400", format="135", exposures=36),),
        manifests=(Manifest(package=ItemId(ITEM), rolls=tuple(map(ItemId, ROLLS)), source="maker", product=PACKAGE),),
        card_tables=tuple(SHOP.card_tables),
        revoked=(ItemId(ROLLS[0]),),
    )


def _ack() -> Ack:
    outcome = Outcome(word="registered", package=ITEM, rolls=ROLLS, account="a1")
    verdicts = (
        EventVerdict(id=CLAIM, seq=2, verdict=Verdict.APPLIED, outcome=outcome),
        EventVerdict(id=f"{8:032x}", seq=3, verdict=Verdict.PARKED, reason="its parts do not open", cause="seal"),
    )
    return Ack(
        level="photoservice", station=STATION, epoch=EPOCH, request=DIGEST, verdicts=verdicts, high=MARK,
        need=((5, 7),), server_time=NOW,
    )  # fmt: skip


def _answers() -> list[bytes]:
    """Requests, answers, and the texts that stand signed inside them."""
    roster, ack = _roster(), _ack()
    marks = (EpochMark(epoch=EPOCH, high=MARK, need=((1, 1),)),)
    welcome = Welcome(station=STATION, request=DIGEST, epochs=marks, server_time=NOW)
    outcome = Outcome(word="contested")
    news = News(
        station=STATION, request=DIGEST, news=(ClaimNews(claim=CLAIM, version=2, outcome=outcome),), server_time=NOW
    )
    facts = PackageFacts(manifest=roster.manifests[0], product=roster.products[0])
    keys = ServiceKeys(sign=b64(KEY.public), seal=b64(KEY.public))
    signed = sign_roster(roster, KEY)
    messages: list[msgspec.Struct] = [
        SyncAnswer(acks=(sign_ack(ack, KEY),)), Hello(epochs=(EpochHead(epoch=EPOCH, last=3, head=DIGEST),)),
        NewsRequest(told=(ToldNews(claim=CLAIM, version=1),)), sign_welcome(welcome, KEY), sign_news(news, KEY),
        EnrolAnswer(station=STATION, service=keys, roster=encode_roster(signed).decode()), signed, roster, ack, welcome,
        news, facts, sign_package(facts, STATION, KEY), sign_ack(ack, KEY),
    ]  # fmt: skip
    return [encode(message) for message in messages]


def _parcels() -> list[bytes]:
    batch = encode_batch(_events())
    sent = [(hello_path(STATION), encode(Hello(epochs=()))), (events_path(STATION), batch)]
    lines = [
        pack_request(HttpRequest(method="POST", url=URL + path, headers={"accept": "application/json"}, body=body))
        for path, body in sent
    ]
    head = ParcelHead(
        says="What a station owes.", station=STATION, name="Kiosk", url=URL, made_at=NOW, requests=2, events=3,
        registrations=1, station_key=b64(KEY.public), service_key=b64(KEY.public),
    )  # fmt: skip
    answers = [
        encode(AnswersHead(says="Answers.", station=STATION, url=URL, made_at=NOW, of=DIGEST)),
        encode(PackedAnswer(what="ack", request=DIGEST, signed=sign_ack(_ack(), KEY))),
        encode(PackedAnswer(what="refused", request=DIGEST, status=422)),
    ]
    owed = [encode(head), *lines]
    return [seal_parcel(owed, KEY), close_answers(answers), b"\n".join(owed), b"\n".join(answers)]


def seeds() -> dict[str, list[bytes]]:
    """Return what each target of :mod:`targets` begins with."""
    frames, events, answers, parcels = _frames(), _events(), _answers(), _parcels()
    lines = [encode_event(event) for event in events]
    EDITABLE.update(event=lines, answer=answers, parcel=[text.split(b"\n") for text in parcels[2:]])
    edits = (b"\1\2\3\4", b"\7\x1b\x09\x25", b"\xf0\x47\x33\x80\x10\x06")
    merged = b"".join(frame + b"\r\n" for frame in frames)
    streams = [bytes((end, 60, 9, 30)) + b"\x02" * (end % 2) + merged[end * 50 :][:200] for end in range(len(ENDS))]
    many = b"\n".join(GOOD_EVENTS[:1] * 198)
    return {
        "framer": streams,
        "meaning": [bytes((how,)) + frame for how in (0, 4, 9) for frame in frames],
        "elements": [frame[3:] if frame.startswith(b"]") else frame for frame in frames],
        "event": [*lines, *GOOD_EVENTS, *(bytes((n,)) + edit for n in range(len(lines)) for edit in edits)],
        "batch": [
            encode_batch(events), *lines, b"\n".join(lines), many, zlib.compress(bytes(2_000_000), 9, 31),
            b'{"id":"%032x","seq":3}' % 7,
        ],
        "page": [b"\0\0\1\2\3", b"\2\2\3\4\5", b"\0\6\7\x08", b"\3\3\x0a\x0b", b"\1\1\2\4", b"\n".join(lines)],
        "answer": [
*(b"\xff" + text for text in answers),
*(bytes((n,)) + edit for n in range(len(answers)) for edit in edits),
],
        "parcel": [*parcels, *(bytes((n, line)) + edit for n in (0, 1) for line in (0, 1, 2) for edit in edits)],
    }  # fmt: skip
