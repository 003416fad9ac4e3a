"""The tables of ``db/migrations``, as the model keeps them; a test lays them beside PostgreSQL's own catalogue."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from photoservice.modelled.schema_sales import SALES
from photoservice.modelled.tables import REQUIRED, Key, Ledger, ModelRow, Never, Shape, Table

TENANT: Final = Shape(
    name="tenant",
    columns={
        **dict.fromkeys(("id", "name", "kind"), REQUIRED),
        "gln": None,
        **dict.fromkeys(("key_mac", "made_at"), REQUIRED),
        "revoked_at": None,
    },
    key=("id",),
    unique=(("name",), ("gln",), ("key_mac",)),
)
TENANT_PREFIX: Final = Shape(
    name="tenant_prefix",
    columns=dict.fromkeys(("prefix", "tenant"), REQUIRED),
    key=("prefix", "tenant"),
    references={"tenant": "tenant"},
)
STORE: Final = Shape(
    name="store",
    columns={
        **dict.fromkeys(("gln", "name", "timezone"), REQUIRED),
        "retailer": None,
        **dict.fromkeys(("labels", "activation", "made_at"), REQUIRED),
        "make_up": Never("staff"),
        "is_activation_chosen": Never(value=False),
    },
    key=("gln",),
    references={"retailer": "tenant"},
)
STORE_ROSTER: Final = Shape(
    name="store_roster",
    columns=dict.fromkeys(("store", "version", "content_hash", "signed"), REQUIRED),
    key=("store",),
    references={"store": "store"},
)
CARD_TABLE: Final = Shape(
    name="card_table",
    columns={"name": REQUIRED, "retailer": None, "body": REQUIRED},
    key=("name",),
    references={"retailer": "tenant"},
)
ENROL_CODE: Final = Shape(
    name="enrol_code",
    columns={**dict.fromkeys(("mac", "store", "role", "expires_at"), REQUIRED), "station": None},
    key=("mac",),
    references={"store": "store"},
)
STATION: Final = Shape(
    name="station",
    columns={
        **dict.fromkeys(("id", "store", "role", "name", "public_key", "enrolled_at"), REQUIRED),
        **dict.fromkeys(("seen_at", "skew_s")),
        "software": Never(""),
        **dict.fromkeys(("revoked_at", "held_at")),
        "held_why": Never(""),
    },
    key=("id",),
    unique=(("public_key",),),
    references={"store": "store"},
)
EVENT: Final = Shape(
    name="event",
    columns={
        **dict.fromkeys(("station", "id", "epoch", "seq"), REQUIRED),
        **dict.fromkeys(("hash", "prev_hash")),
        **dict.fromkeys(("kind", "verdict"), REQUIRED),
        "reason": Never(""),
        **dict.fromkeys(("line", "received_at"), REQUIRED),
        "cause": Never(""),
    },
    key=("station", "id"),
    unique=(("station", "epoch", "seq"),),
    indexes={"not_applied": ("station",), "applied": ("station",)},
    partial={
        "not_applied": lambda row: row["verdict"] != "applied",
        "applied": lambda row: row["verdict"] == "applied",
    },
    ordered=(("station", "epoch"), "seq"),
)
EVENT_FORK: Final = Shape(
    name="event_fork",
    columns=dict.fromkeys(("station", "hash", "id", "epoch", "seq", "line", "received_at"), REQUIRED),
    key=("station", "hash"),
)
UNREADABLE_LINE: Final = Shape(
    name="unreadable_line",
    columns=dict.fromkeys(("station", "digest", "line", "why", "received_at"), REQUIRED),
    key=("station", "digest"),
)
EVENT_CORRECTION: Final = Shape(
    name="event_correction",
    columns=dict.fromkeys(("station", "event", "corrected_by"), REQUIRED),
    key=("station", "event"),
)
STATION_EPOCH: Final = Shape(
    name="station_epoch",
    columns={
        **dict.fromkeys(("station", "epoch"), REQUIRED),
        "place": Never(sequence="station_epoch.place"),
        "high_seq": Never(0),
        "high_hash": None,
    },
    key=("station", "epoch"),
    indexes={"station": ("station",)},
)
ACCOUNT: Final = Shape(name="account", columns=dict.fromkeys(("id", "made_at"), REQUIRED), key=("id",))
ACCOUNT_KEY: Final = Shape(
    name="account_key",
    columns=dict.fromkeys(("account", "wrapped"), REQUIRED),
    key=("account",),
    references={"account": "account"},
)
ACCOUNT_CARD: Final = Shape(
    name="account_card",
    columns={**dict.fromkeys(("lookup", "account", "box"), REQUIRED), **dict.fromkeys(("issue", "replaced_at"))},
    key=("lookup",),
    references={"account": "account"},
    indexes={"account": ("account",)},
)
EVENT_PERSONAL: Final = Shape(
    name="event_personal",
    columns=dict.fromkeys(("station", "event", "account", "box"), REQUIRED),
    key=("station", "event"),
    references={"account": "account"},
)
PRODUCT: Final = Shape(
    name="product",
    columns=dict.fromkeys(
        ("gtin", "tenant", "level", "name", "format", "process", "iso", "exposures", "rolls"), REQUIRED
    ),
    key=("gtin",),
    references={"tenant": "tenant"},
)
MANIFEST: Final = Shape(
    name="manifest",
    columns={
        "package": REQUIRED,
        "tenant": None,
        "source": REQUIRED,
        "product": None,
        "made_at": REQUIRED,
        "store": None,
    },
    key=("package",),
    references={"tenant": "tenant", "store": "store"},
)
MANIFEST_ROLL: Final = Shape(
    name="manifest_roll",
    columns=dict.fromkeys(("roll", "package", "place"), REQUIRED),
    key=("roll",),
    references={"package": "manifest"},
    indexes={"package": ("package",)},
)
DESTINATION: Final = Shape(
    name="destination",
    columns=dict.fromkeys(("item", "gln", "said_at", "rank"), REQUIRED),
    key=("item", "gln"),
    indexes={"item": ("item",)},
)
UNPACKING: Final = Shape(
    name="unpacking",
    columns=dict.fromkeys(("package", "id", "saw"), REQUIRED),
    key=("package", "id"),
    indexes={"package": ("package",)},
)
REVOKED_ITEM: Final = Shape(
    name="revoked_item",
    columns={"item": REQUIRED, "tenant": None, "why": REQUIRED, "at": REQUIRED},
    key=("item",),
    references={"tenant": "tenant"},
)
MAKE_UP_WITHDRAWAL: Final = Shape(
    name="make_up_withdrawal",
    columns=dict.fromkeys(("package", "store", "station", "event", "at"), REQUIRED),
    key=("package", "store"),
)
CLAIM_CODE: Final = Shape(
    name="claim_code",
    columns={
        **dict.fromkeys(("package", "mac", "roll"), REQUIRED),
        "tenant": None,
        "arrival": Never(sequence="arrival"),
        **dict.fromkeys(("minted_at", "after_claims"), REQUIRED),
        **dict.fromkeys(("voided_at", "store", "station", "event")),
        "epoch_place": Never(0),
        "seq": Never(0),
        **dict.fromkeys(("copy", "voids")),
    },
    key=("package", "mac"),
    references={"tenant": "tenant", "store": "store"},
    indexes={"package": ("package",), "roll": ("roll",)},
)
CAPTURE: Final = Shape(
    name="capture",
    columns={
        **dict.fromkeys(("id", "tenant", "made_at"), REQUIRED),
        **dict.fromkeys(("finished_at", "success")),
        **dict.fromkeys(("behaviour", "document"), REQUIRED),
        "attempts": Never(0),
        "parked": Never(0),
        "errors": Never("[]"),
    },
    key=("id",),
    references={"tenant": "tenant"},
    indexes={"waiting": ("finished_at",)},
    partial={"waiting": lambda row: row["finished_at"] is None},
)
EPCIS_EVENT: Final = Shape(
    name="epcis_event",
    columns={
        **dict.fromkeys(("tenant", "event_id", "content_hash", "capture", "kind", "verdict"), REQUIRED),
        "reason": Never(""),
        **dict.fromkeys(("body", "recorded_at"), REQUIRED),
        "place": Never(sequence="epcis_event.place"),
        "event_time": REQUIRED,
        "context": None,
    },
    key=("tenant", "event_id", "content_hash"),
    unique=(("tenant", "place"),),
    references={"tenant": "tenant"},
    indexes={"event_id": ("tenant", "event_id")},
)
EPCIS_NAME: Final = Shape(
    name="epcis_name",
    columns=dict.fromkeys(("tenant", "name", "role", "place"), REQUIRED),
    key=("tenant", "name", "role", "place"),
)
CLAIM: Final = Shape(
    name="claim",
    columns={
        **dict.fromkeys(("station", "id", "item", "root", "account", "store", "number", "activation"), REQUIRED),
        **dict.fromkeys(("code_mac", "code_held")),
        "arrival": Never(sequence="arrival"),
        "received_at": REQUIRED,
        "epoch_place": Never(0),
        "seq": Never(0),
        "notice": None,
        "is_card_lost": Never(value=False),
    },
    key=("station", "id"),
    references={"account": "account"},
    indexes={"root": ("root",), "id": ("id",), "account": ("account",)},
)
ACCOUNT_MERGE: Final = Shape(
    name="account_merge",
    columns=dict.fromkeys(("station", "event", "old", "into_account", "why", "store", "staff", "at"), REQUIRED),
    key=("station", "event"),
    references={"old": "account", "into_account": "account"},
    indexes={"old": ("old",), "into": ("into_account",)},
)
WITHDRAWAL: Final = Shape(
    name="withdrawal", columns=dict.fromkeys(("station", "claim", "event"), REQUIRED), key=("station", "claim")
)
CONFIRMATION: Final = Shape(
    name="confirmation",
    columns=dict.fromkeys(("station", "claim", "why", "at"), REQUIRED),
    key=("station", "claim"),
)
RULING: Final = Shape(
    name="ruling",
    columns={
        **dict.fromkeys(("id", "root"), REQUIRED),
        "roll": None,
        **dict.fromkeys(("account", "saw", "operator", "why", "at"), REQUIRED),
    },
    key=("id",),
    references={"account": "account"},
    indexes={"root": ("root",)},
)
ACCESS_CODE: Final = Shape(
    name="access_code",
    columns={
        **dict.fromkeys(("mac", "station", "claim", "event", "made_at"), REQUIRED),
        "voided_at": None,
        "epoch_place": Never(0),
        "seq": Never(0),
    },
    key=("mac",),
    indexes={"claim": ("station", "claim")},
)
LABEL_COPY: Final = Shape(
    name="label_copy",
    columns={
        **dict.fromkeys(("station", "claim", "roll", "copy"), REQUIRED),
        "place": Never(sequence="label_copy.place"),
        "voids": None,
        "event": REQUIRED,
        "package": None,
    },
    key=("station", "claim", "roll", "copy"),
    indexes={"roll": ("roll",)},
)
REGISTRATION: Final = Shape(
    name="registration",
    columns={
        **dict.fromkeys(("subject", "root", "word"), REQUIRED),
        "owner": None,
        **dict.fromkeys(("proof", "has_case", "claims", "since"), REQUIRED),
    },
    key=("subject",),
    indexes={"root": ("root",), "unsettled": ("word",)},
    partial={"unsettled": lambda row: row["word"] == "registered" and row["proof"] == "unopposed"},
)
CLAIM_NEWS: Final = Shape(
    name="claim_news",
    columns={
        **dict.fromkeys(("station", "claim", "version", "told_version", "outcome"), REQUIRED),
        "place": Never(sequence="news_place"),
    },
    key=("station", "claim"),
    indexes={"station": ("station",), "owed": ("station",)},
    partial={"owed": lambda row: row["version"] > row["told_version"]},
)
WRONG_TRIES: Final = Shape(
    name="wrong_tries",
    columns={
        **dict.fromkeys(("about", "wrong", "since", "rests"), REQUIRED),
        "rest_until": None,
        "seen_at": REQUIRED,
    },
    key=("about",),
)
HOME_ANSWER: Final = Shape(
    name="home_answer",
    columns=dict.fromkeys(("key_mac", "fingerprint", "claim", "answer", "made_at"), REQUIRED),
    key=("key_mac",),
)
KEYRING_MARK: Final = Shape(
    name="keyring_mark", columns={"is_only": Never(value=True), "mark": REQUIRED}, key=("is_only",)
)


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """All tables and sequences at one moment: a backup."""

    tables: Mapping[str, Mapping[Key, ModelRow]]
    sequences: Mapping[str, int]


class ModelStore:
    """All tables of one photoservice, and the ledger they share."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.tables: dict[str, Table] = {}
        self.tenant, self.tenant_prefix = self._open(TENANT, TENANT_PREFIX)
        self.store, self.store_roster, self.card_table = self._open(STORE, STORE_ROSTER, CARD_TABLE)
        self.enrol_code, self.station = self._open(ENROL_CODE, STATION)
        self.event, self.event_fork, self.unreadable_line = self._open(EVENT, EVENT_FORK, UNREADABLE_LINE)
        self.event_correction, self.station_epoch = self._open(EVENT_CORRECTION, STATION_EPOCH)
        self.account, self.account_key = self._open(ACCOUNT, ACCOUNT_KEY)
        self.account_card, self.event_personal = self._open(ACCOUNT_CARD, EVENT_PERSONAL)
        self.product, self.manifest, self.manifest_roll = self._open(PRODUCT, MANIFEST, MANIFEST_ROLL)
        self.destination, self.unpacking, self.revoked_item = self._open(DESTINATION, UNPACKING, REVOKED_ITEM)
        self.make_up_withdrawal, self.claim_code = self._open(MAKE_UP_WITHDRAWAL, CLAIM_CODE)
        self.capture, self.epcis_event, self.epcis_name = self._open(CAPTURE, EPCIS_EVENT, EPCIS_NAME)
        self.claim, self.withdrawal, self.confirmation = self._open(CLAIM, WITHDRAWAL, CONFIRMATION)
        self.account_merge, self.ruling = self._open(ACCOUNT_MERGE, RULING)
        self.access_code, self.label_copy = self._open(ACCESS_CODE, LABEL_COPY)
        self.registration, self.claim_news = self._open(REGISTRATION, CLAIM_NEWS)
        self.sale, self.sale_refund, self.sale_correction, self.ended_claim, *drop_offs = self._open(*SALES)
        self.drop_off, self.dropped_roll, self.drop_off_withdrawal, self.pick_up = drop_offs
        self.wrong_tries, self.home_answer, self.keyring_mark = self._open(WRONG_TRIES, HOME_ANSWER, KEYRING_MARK)

    def place_of(self, station: str, epoch: str) -> int:
        """Return an epoch's place in the order they began, or 0 (``coalesce((select place ...), 0)``)."""
        row = self.station_epoch.get((station, epoch))
        return row["place"] if row else 0

    def rolls_of(self, package: str) -> list[str]:
        """Return the rolls of a package in their order."""
        rows = sorted(self.manifest_roll.by("package", package), key=lambda row: row["place"])
        return [row["roll"] for row in rows]

    def snapshot(self) -> Snapshot:
        """Return a copy that later writes do not change."""
        tables = {name: dict(table.rows) for name, table in self.tables.items()}
        return Snapshot(tables=tables, sequences=dict(self.ledger.sequences))

    def restore(self, backup: Snapshot) -> None:
        """Let everything be as it was when ``backup`` was made."""
        for name, table in self.tables.items():
            table.load(backup.tables[name])
        self.ledger.past.clear()
        self.ledger.sequences = dict(backup.sequences)

    def _open(self, *shapes: Shape) -> Iterable[Table]:
        for shape in shapes:
            self.tables[shape.name] = Table(shape, self.ledger, self.tables)
        return [self.tables[shape.name] for shape in shapes]
