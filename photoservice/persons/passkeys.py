"""Passkeys (WebAuthn level 3): made at this address, shown at this address, with the finger or the PIN of their device.

No name is typed: the device offers the passkeys it has for us. What devices are is not asked (no attestation). The one
library that reads what they send is kept behind this module; whatever it cannot read is refused like anything wrong.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from photoservice.db.database import Database, Session
from photoservice.errors import SignInRefused
from photoservice.persons.arriving import Admitted, Arrival, Arriving
from photoservice.persons.challenges import Challenges
from photoservice.persons.joining import Joining
from photoservice.throttle import Throttle

MOST: Final = 20
LONGEST_NAME: Final = 60
_LONGEST_ID: Final = 1023
"""A credential's ID (WebAuthn 3, 5.8.3)."""

_SIGN_IN: Final = "sign in"

_UNREADABLE: Final = (WebAuthnException, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)
"""What the library raises of what it cannot read; fuzzed (tests/photoservice/my/signin)."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A passkey that was just made."""

    id: bytes
    public_key: bytes
    sign_count: int


@dataclass(frozen=True, kw_only=True)
class Passkeys:
    """Takes new passkeys, and lets in who shows one."""

    database: Database
    address: str
    challenges: Challenges
    throttle: Throttle
    arriving: Arriving
    joining: Joining

    @property
    def host(self) -> str:
        """The host that passkeys are made for (their RP ID); a browser that calls us by another one has none."""
        return urlsplit(self.address).hostname or ""

    async def offer_new(self, session: Session, person: str, name: str) -> str:
        """Return as JSON what a browser makes a passkey of ``person`` by."""
        rows = await session.rows("passkeys.of_person", person)
        options = generate_registration_options(
            rp_id=self.host,
            rp_name="Twincheck",
            user_id=person.encode(),
            user_name=name,
            user_display_name=name,
            challenge=self.challenges.passkey(_new(person)),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=bytes(row["id"])) for row in rows],
        )
        return options_to_json(options)

    async def take_new(self, session: Session, person: str, answer: str) -> Made:
        """Return the passkey a browser made of what it was offered.

        Raises:
            SignInRefused: it is not of that offer, of another address, or unreadable.
        """
        try:
            credential = parse_registration_credential_json(answer)
            challenge = parse_client_data_json(credential.response.client_data_json).challenge
        except _UNREADABLE as cause:
            raise SignInRefused from cause
        if not await self.challenges.spend(session, _new(person), challenge):
            raise SignInRefused
        return self._verified_new(credential, challenge)

    async def keep(self, session: Session, person: str, made: Made, name: str) -> None:
        """Keep a passkey.

        Raises:
            SignInRefused: somebody has it already, or the person has too many.
        """
        rows = await session.rows("passkeys.of_person", person)
        fields = (made.id, person, made.public_key, made.sign_count, name[:LONGEST_NAME], self.challenges.clock.now())
        if len(rows) >= MOST or not await session.run("passkeys.insert", *fields):
            raise SignInRefused
        await self.arriving.records.note(session, person, "passkey_added")

    def offer(self) -> str:
        """Return as JSON what a browser asks its device for a passkey by. Nothing is kept of it."""
        options = generate_authentication_options(
            rp_id=self.host,
            challenge=self.challenges.passkey(_SIGN_IN),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json(options)

    async def sign_in(self, answer: str, arrival: Arrival, *, takes_along: bool = False) -> Admitted:
        """Let in who shows a passkey; ``takes_along`` joins the pictures of the guest they came as to their own.

        Raises:
            SignInRefused: it is none of ours, was shown before, or is unreadable.
            Throttled: too many wrong tries.
        """
        counts = self.throttle.counts(arrival.source)
        admitted: Admitted | None = None
        async with self.database.begin() as session:
            await session.lock([self.throttle.lock_name(arrival.source)])
            await self.throttle.refuse_resting(session, counts)
            person = await self._whose(session, answer)
            if person is None:
                await self.throttle.note_wrong(session, counts)
            else:
                await session.lock([f"person:{person}"])
                if takes_along and arrival.guest is not None:
                    await self.joining.absorb(session, arrival.guest, person)
                admitted = await self.arriving.admit(session, person, "passkey", arrival)
        if admitted is None:
            raise SignInRefused
        return admitted

    async def _whose(self, session: Session, answer: str) -> str | None:
        try:
            credential = parse_authentication_credential_json(answer)
            challenge = parse_client_data_json(credential.response.client_data_json).challenge
        except _UNREADABLE:
            return None
        if len(credential.raw_id) > _LONGEST_ID or not await self.challenges.spend(session, _SIGN_IN, challenge):
            return None
        row = await session.row("passkeys.find", credential.raw_id)
        if row is None:
            return None
        count = self._verified(credential, challenge, bytes(row["public_key"]), row["sign_count"])
        if count is None:
            return None
        await session.run("passkeys.use", credential.raw_id, count, self.challenges.clock.now())
        return str(row["person"])

    def _verified(
        self, credential: AuthenticationCredential, challenge: bytes, public_key: bytes, count: int
    ) -> int | None:
        """Return the passkey's new counter; None when it was not signed by it, or its counter does not go on."""
        try:
            verified = verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self.host,
                expected_origin=self._origin,
                credential_public_key=public_key,
                credential_current_sign_count=count,
                require_user_verification=True,
            )
        except _UNREADABLE:
            return None
        return verified.new_sign_count

    def _verified_new(self, credential: RegistrationCredential, challenge: bytes) -> Made:
        try:
            verified = verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self.host,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except _UNREADABLE as cause:
            raise SignInRefused from cause
        if len(verified.credential_id) > _LONGEST_ID:
            raise SignInRefused
        return Made(
            id=verified.credential_id, public_key=verified.credential_public_key, sign_count=verified.sign_count
        )

    @property
    def _origin(self) -> str:
        split = urlsplit(self.address)
        return f"{split.scheme}://{split.netloc}"


def _new(person: str) -> str:
    return f"new {person}"
