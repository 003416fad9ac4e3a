"""Resumable uploads: tus 1.0 over the rules of exchange.tus."""

from typing import Final

from litestar.types import ControllerRouterHandler

HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = ()
