"""Ordering by hand: pictures, goods, options, price, and the confirmation."""

from typing import Final

from litestar.types import ControllerRouterHandler

HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = ()
