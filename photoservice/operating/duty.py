"""Who acts: an operator on duty, with what they may do; the name under which everything they do is kept."""

from dataclasses import dataclass
from typing import Final

from photocore.duties import Right, Role, may
from photoservice.errors import Unknown
from photoservice.operating.errors import DutyLacking


@dataclass(frozen=True, kw_only=True)
class Duty:
    """An operator on duty. ``tenant`` is the ID of the tenant whose things alone they see; None is the whole house."""

    operator: str
    """``OP-...``, or ``console`` for who sits at the machine itself."""
    person: str
    name: str
    role: Role
    tenant: str | None = None
    tenant_name: str = ""

    def may(self, right: Right) -> bool:
        """Say whether they have ``right``."""
        return may(self.role, right, is_bound=self.tenant is not None)

    def refuse_lacking(self, right: Right) -> None:
        """Let only somebody pass who has ``right``.

        Raises:
            Unknown: it is nothing that an operator of one tenant knows of.
            DutyLacking: their role does not have it.
        """
        if self.may(right):
            return
        if may(self.role, right):
            raise Unknown("There is no such page.")
        raise DutyLacking

    def refuse_foreign(self, *tenants: str | None) -> None:
        """Let only somebody pass who sees the whole house, or one of ``tenants``.

        Raises:
            Unknown: it is another tenant's: for them there is no such thing.
        """
        if self.tenant is not None and self.tenant not in tenants:
            raise Unknown("There is no such thing.")


CONSOLE: Final = Duty(operator="console", person="", name="console", role="owner")
"""Who runs the commands on the machine itself, where the keys are: they may do anything there."""
