"""A catalogue of three items to change, publish and price."""

import copy
import json
from typing import Any

import pytest

TITLES = {"en": "A title", "de": "Ein Titel"}
SHOP: dict[str, Any] = {
    "version": "v1",
    "currencies": ["EUR", "JPY"],
    "languages": ["en", "de"],
    "rates": {"standard": 1900},
    "items": [
        {
            "id": "cd",
            "kind": "disc",
            "titles": {"en": "CD", "de": "CD"},
            "tax": "standard",
            "price": {"unit": "piece", "base": {"EUR": 590, "JPY": 900}},
        },
        {
            "id": "prints",
            "kind": "prints",
            "titles": {"en": "Prints", "de": "Abzüge"},
            "tax": "standard",
            "price": {
                "unit": "image",
                "base": {"EUR": 190, "JPY": 300},
                "steps": [{"units": 1, "each": {"EUR": 29, "JPY": 45}}],
            },
            "options": [
                {
                    "id": "size",
                    "titles": TITLES,
                    "values": [
                        {"id": "10x15", "titles": TITLES},
                        {"id": "20x30", "titles": TITLES, "more": {"EUR": 150, "JPY": 240}},
                    ],
                },
                {
                    "id": "surface",
                    "titles": TITLES,
                    "values": [{"id": "glossy", "titles": TITLES}, {"id": "silk", "titles": TITLES}],
                },
            ],
            "exclusions": [{"size": "20x30", "surface": "silk"}],
        },
        {
            "id": "film",
            "kind": "next_roll",
            "titles": {"en": "Film", "de": "Film"},
            "price": {"unit": "piece", "base": {"EUR": 990, "JPY": 1500}},
        },
    ],
}


@pytest.fixture
def shop() -> dict[str, Any]:
    """Return a catalogue that a test may change."""
    return copy.deepcopy(SHOP)


@pytest.fixture
def publish(world) -> Any:
    """Return what publishes a catalogue in the running service."""
    catalogues = world.running.service.goods.catalogues

    def do(values: dict[str, Any], **more: Any) -> Any:
        body = json.dumps(values).encode()
        return world.running.do(lambda session: catalogues.publish(session, body, **{"by": "tests", **more}))

    return do
