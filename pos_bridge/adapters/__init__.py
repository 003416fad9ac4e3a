"""How each till system is understood: one module a kind, pure, and beside it how it is asked.

Heavy libraries are read in at first use, so that all kinds can be named here at no cost.
"""

from collections.abc import Mapping
from typing import Final

from pos_bridge.adapters.files import FilesAdapter
from pos_bridge.adapters.odoo import OdooAdapter
from pos_bridge.adapters.odoo_poll import OdooPoller
from pos_bridge.adapters.poslog import PosLog
from pos_bridge.adapters.shopify import ShopifyAdapter
from pos_bridge.adapters.shopify_poll import ShopifyPoller
from pos_bridge.adapters.square import SquareAdapter
from pos_bridge.adapters.square_poll import SquarePoller
from pos_bridge.adapters.standard import StandardAdapter
from pos_bridge.messages import Adapter, Poller

ADAPTERS: Final[Mapping[str, Adapter]] = {
    "shopify": ShopifyAdapter(),
    "square": SquareAdapter(),
    "standard": StandardAdapter(),
    "odoo": OdooAdapter(),
    "poslog": PosLog(),
    "files": FilesAdapter(),
}
"""By the word in till.toml."""

POLLERS: Final[Mapping[str, Poller]] = {
    "shopify": ShopifyPoller(),
    "square": SquarePoller(),
    "odoo": OdooPoller(),
}
"""How a kind's system is asked for sales; kinds that only call are not here."""


def kept_headers(kind: str, headers: Mapping[str, str]) -> dict[str, str]:
    """Return those of a message's ``headers`` (in lower case) that are kept with it; none of them is a secret."""
    wanted = getattr(ADAPTERS.get(kind), "keeps", ())
    return {name: headers[name][:200] for name in wanted if name in headers}
