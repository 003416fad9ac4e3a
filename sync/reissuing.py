"""Make copies of papers anew: the old copy is void, and the event that tells of it carries the new secret, if any.

What a new copy is, the paper and the moment decide. A registration's label has no code (DESIGN 5A). A label made up for
the shelf gets a new claim code with each copy, until the package is registered here; from then on it is one of that
registration's labels. A receipt gets a new access code.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import apsw

from photocore.codes import mint_access_code, mint_claim_code
from photocore.ids import ItemId
from photocore.kinds import (
    AccessCodeReplaced,
    AccessCodeReplacedSecrets,
    Act,
    ClaimCodesReplaced,
    ClaimCodesReplacedSecrets,
    CodeOfRoll,
    CopiesIssued,
    LabelCopy,
    StaffOverrode,
)
from sync.copies import Job, replace_copy
from sync.drafts import Drafter
from sync.journal import Transaction
from sync.label_states import LabelNews, after
from sync.made_up import MadeUpPackage, made_up_by
from sync.paper_secrets import PaperSecrets
from sync.registrations import Registration, find_live


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Why copies are made anew, who of the staff wanted it, and what is learnt of the old ones by it."""

    reason: str
    staff: str | None = None
    news: LabelNews = LabelNews.VOID


@dataclass(frozen=True, kw_only=True)
class Reissuing:
    """Writes new copies and their events; new secrets are held for the printer, and nowhere else."""

    drafter: Drafter
    secrets: PaperSecrets

    def renew(self, transaction: Transaction, job: Job, cause: Cause) -> None:
        """Make one paper anew, whichever it is."""
        match job.kind:
            case "receipt":
                self.renew_receipt(transaction, job, cause)
            case "package":
                self.renew_package_label(transaction, job, cause)
            case "roll":
                self._renew_label(transaction, job, cause)
            case "bag" | "twin" | "stub":
                self._renew_open_paper(transaction, job, cause, "drop_papers_reprinted")

    def renew_labels(
        self,
        transaction: Transaction,
        claim: str,
        jobs: Sequence[Job],
        cause: Cause,
        also: tuple[LabelCopy, ...] = (),
    ) -> None:
        """Make roll labels anew for a registration, without codes; ``also`` names copies queued by the caller.

        Whichever set they are of: a claim code that one of them still waited to show is let go, as nothing prints it.
        """
        copies = (*(self._replace(transaction, job, cause, claim) for job in jobs), *also)
        if not copies:
            return
        body = CopiesIssued(claim=claim, reason=cause.reason[:200], copies=copies, staff=cause.staff)
        transaction.append(self.drafter.draft(body))
        for job in jobs:
            self.secrets.forget_copy(job.claim, job.copy, job.roll)

    def renew_coded(
        self,
        transaction: Transaction,
        made: MadeUpPackage,
        jobs: Sequence[Job],
        cause: Cause,
        also: tuple[LabelCopy, ...] = (),
    ) -> None:
        """Make labels with claim codes anew, each with a new code; ``also`` names copies queued by the caller."""
        copies = (*(self._replace(transaction, job, cause, made.event) for job in jobs), *also)
        if not copies:
            return
        codes = {ItemId(copy.roll): mint_claim_code(self.drafter.entropy) for copy in copies}
        package, reason = made.manifest.package, cause.reason[:200]
        body = ClaimCodesReplaced(package=package, copies=copies, reason=reason, staff=cause.staff)
        secrets = ClaimCodesReplacedSecrets(codes=codes_of(codes))
        transaction.append(self.drafter.draft(body, secrets=secrets))
        for copy in copies:
            roll = ItemId(copy.roll)
            self.secrets.renew(made.event, copy.copy, codes[roll], roll)

    def renew_receipt(self, transaction: Transaction, job: Job, cause: Cause) -> None:
        """Make a receipt anew with a new access code; the old one's code is void."""
        fresh = self._replace(transaction, job, cause, None)
        self.renew_access_code(transaction, job.claim, fresh.copy, cause)

    def renew_access_code(self, transaction: Transaction, claim: str, copy: str, cause: Cause) -> None:
        """Give one copy of a receipt a new access code."""
        access_code = mint_access_code(self.drafter.entropy)
        body = AccessCodeReplaced(claim=claim, reason=cause.reason[:200], staff=cause.staff)
        secrets = AccessCodeReplacedSecrets(access_code=access_code)
        transaction.append(self.drafter.draft(body, secrets=secrets))
        self.secrets.renew(claim, copy, access_code)

    def renew_package_label(self, transaction: Transaction, job: Job, cause: Cause) -> None:
        """Make a package's label anew."""
        self._renew_open_paper(transaction, job, cause, "package_label_reprinted")

    def _renew_open_paper(self, transaction: Transaction, job: Job, cause: Cause, act: Act) -> None:
        """Make a paper anew that holds no secret and grants nothing; so only what staff did is told of."""
        fresh = self._replace(transaction, job, cause, None)
        if cause.staff is not None:
            reason = cause.reason[:200]
            body = StaffOverrode(staff=cause.staff, act=act, reason=reason, about=job.claim, copy=fresh.copy)
            transaction.append(self.drafter.draft(body))

    def _renew_label(self, transaction: Transaction, job: Job, cause: Cause) -> None:
        made = made_up_by(transaction.connection, job.claim)
        holder = holder_of(transaction.connection, made) if made else None
        if made is None or holder is not None:
            self.renew_labels(transaction, holder.claim if holder else job.claim, (job,), cause)
        else:
            self.renew_coded(transaction, made, (job,), cause)

    def _replace(self, transaction: Transaction, job: Job, cause: Cause, made_by: str | None) -> LabelCopy:
        ends = after(job.state, cause.news)
        printed = self.drafter.printed
        return replace_copy(transaction.connection, job, entropy=printed, ends=ends, why=cause.reason, made_by=made_by)


def codes_of(codes: dict[ItemId, str]) -> tuple[CodeOfRoll, ...]:
    """Return claim codes as an event's secret part tells of them."""
    return tuple(CodeOfRoll(roll=roll, code=code) for roll, code in codes.items())


def holder_of(connection: apsw.Connection, made: MadeUpPackage) -> Registration | None:
    """Return the live registration of a made-up package, if it was registered here."""
    return find_live(connection, made.items)


def coded_set_of(connection: apsw.Connection, job: Job) -> MadeUpPackage | None:
    """Return the package on whose label a claim code belongs, or None where none stands: registered, or never coded."""
    if job.kind != "roll":
        return None
    made = made_up_by(connection, job.claim)
    return made if made is not None and made.coded and holder_of(connection, made) is None else None
