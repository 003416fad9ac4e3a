"""Everything about goods that a request handler or a task may need; built once by ``goods_wiring.py``."""

from dataclasses import dataclass

from photoservice.cataloguing.catalogues import Catalogues
from photoservice.cataloguing.terms import TermsBook
from photoservice.dashboards.hours import Hours
from photoservice.operating.audit import Audit
from photoservice.operating.operators import Operators


@dataclass(frozen=True, kw_only=True)
class Goods:
    """The parts that know what can be had, what makes it, and who pays."""

    catalogues: Catalogues
    terms: TermsBook
    hours: Hours
    operators: Operators
    audit: Audit
