"""The tables of ``db/migrations/0010_sales.sql``, as the model keeps them."""

from typing import Final

from photoservice.modelled.tables import REQUIRED, Shape

SALES: Final = (
    Shape(
        name="sale",
        columns={
            **dict.fromkeys(("station", "event", "item", "root", "unit"), REQUIRED),
            "account": None,
            **dict.fromkeys(("store", "till", "business_day", "sequence", "line", "how"), REQUIRED),
            **dict.fromkeys(("amount", "currency")),
            "received_at": REQUIRED,
        },
        key=("station", "event"),
        references={"account": "account"},
        indexes={"root": ("root",), "account": ("account",)},
    ),
    Shape(
        name="sale_refund",
        columns=dict.fromkeys(
            ("station", "event", "item", "root", "unit", "refund", "store", "how", "received_at"), REQUIRED
        ),
        key=("station", "event"),
        indexes={"root": ("root",)},
    ),
    Shape(
        name="sale_correction",
        columns=dict.fromkeys(("station", "told", "event", "received_at"), REQUIRED),
        key=("station", "told"),
    ),
    Shape(
        name="ended_claim",
        columns=dict.fromkeys(("station", "claim", "root"), REQUIRED),
        key=("station", "claim"),
        indexes={"root": ("root",)},
    ),
    Shape(
        name="drop_off",
        columns={
            **dict.fromkeys(("station", "event", "bag", "store", "scan", "negatives"), REQUIRED),
            "number": None,
            **dict.fromkeys(("at", "received_at"), REQUIRED),
        },
        key=("station", "event"),
    ),
    Shape(
        name="dropped_roll",
        columns={
            **dict.fromkeys(("station", "event", "place", "twin", "process", "stops"), REQUIRED),
            "roll": None,
            "note": REQUIRED,
        },
        key=("station", "event", "place"),
    ),
    Shape(
        name="drop_off_withdrawal",
        columns=dict.fromkeys(("station", "dropped", "event", "received_at"), REQUIRED),
        key=("station", "dropped"),
    ),
    Shape(
        name="pick_up",
        columns=dict.fromkeys(("station", "event", "bag", "store", "at", "received_at"), REQUIRED),
        key=("station", "event"),
    ),
)
