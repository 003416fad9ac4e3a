"""The words of the Core Business Vocabulary 2.0 that may stand bare, and one spelling for the four they come in.

``packing``, ``urn:epcglobal:cbv:bizstep:packing``, ``https://ref.gs1.org/cbv/BizStep-packing`` and
``cbv:BizStep-packing`` are one word. Anything else must be a URI (EPCIS 2.0, JSON binding).
"""

import re

BIZ_STEPS = frozenset(
    """accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting
    decommissioning departing destroying disassembling dispensing encoding entering_exiting holding inspecting
    installing killing loading other packing picking receiving removing repackaging repairing replacing reserving
    retail_selling sampling sensor_reporting shipping staging_outbound stock_taking stocking storing transporting
    unloading unpacking void_shipping""".split()  # noqa: SIM905
)

DISPOSITIONS = frozenset(
    """active available completeness_inferred completeness_verified conformant container_closed container_open damaged
    destroyed dispensed disposed encoded expired in_progress in_transit inactive mismatch_class mismatch_instance
    mismatch_quantity needs_replacement no_pedigree_match non_conformant non_sellable_other partially_dispensed recalled
    reserved retail_sold returned sellable_accessible sellable_not_accessible stolen unavailable unknown""".split()  # noqa: SIM905
)

_SPELLINGS = re.compile(
    r"(?:urn:epcglobal:cbv:(?:bizstep|disp):|https?://(?:ref\.gs1\.org/cbv|ns\.gs1\.org/voc|gs1\.org/voc)/(?:BizStep|Bizstep|Disp)-"
    r"|cbv:(?:BizStep|Disp)-)([a-z_]+)"
)


_HOSTS = ("ref.gs1.org/cbv", "ns.gs1.org/voc", "gs1.org/voc")


def bare(word: str | None) -> str:
    """Return the bare word of a standard vocabulary, or ``word`` itself when it is somebody's own."""
    match = _SPELLINGS.fullmatch(word or "")
    return match[1] if match else word or ""


def spellings(word: str, kind: str) -> tuple[str, ...]:
    """Return all spellings of a standard word, ``kind`` being ``bizstep`` or ``disp``; of somebody's own, itself."""
    known = bare(word)
    if known not in (BIZ_STEPS if kind == "bizstep" else DISPOSITIONS):
        return (word,)
    names = ("BizStep", "Bizstep") if kind == "bizstep" else ("Disp",)
    hosts = [f"{scheme}://{host}" for scheme in ("https", "http") for host in _HOSTS]
    links = [f"{host}/{name}-{known}" for host in hosts for name in names]
    return (known, f"urn:epcglobal:cbv:{kind}:{known}", f"cbv:{names[0]}-{known}", *links)
