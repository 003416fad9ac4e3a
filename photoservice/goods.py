"""Everything about goods that a request handler or a task may need; built once by ``goods_wiring.py``."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Goods:
    """The parts that know what can be had, what makes it, and who pays."""
