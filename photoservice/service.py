"""Everything a request handler may need, built once by ``wiring.py`` and handed to each of them."""

from dataclasses import dataclass

from photocore.seams import Clock, Entropy
from photoservice.access import AccessCodes
from photoservice.accounts import Accounts
from photoservice.captures import Captures
from photoservice.claim_codes import ClaimCodes
from photoservice.claims_at_home import ClaimsAtHome
from photoservice.db.database import Database
from photoservice.enrolment import Enrolment
from photoservice.gallery.gallery import Gallery
from photoservice.goods import Goods
from photoservice.intake.receive import Receiver
from photoservice.keyring import Keyring
from photoservice.metrics import Metrics
from photoservice.people import People
from photoservice.pictures import Pictures
from photoservice.rosters import Rosters
from photoservice.settings import Settings
from photoservice.settlement import Settlement
from photoservice.tenants import TenantKeys


@dataclass(frozen=True, kw_only=True)
class Photoservice:
    """The parts of one running photoservice."""

    settings: Settings
    clock: Clock
    entropy: Entropy
    keyring: Keyring
    database: Database
    metrics: Metrics
    tenants: TenantKeys
    enrolment: Enrolment
    accounts: Accounts
    receiver: Receiver
    rosters: Rosters
    captures: Captures
    claim_codes: ClaimCodes
    claims_at_home: ClaimsAtHome
    access_codes: AccessCodes
    settlement: Settlement
    pictures: Pictures
    gallery: Gallery
    people: People
    goods: Goods
