"""What goes wrong at the photoservice: it is down, dies over a batch, comes back from a backup, is of an older version.

And one thing that must stay as it is: an account that was erased, whatever backup is put back after it.
"""

from twincheck.simulate.loop import DAY, HOUR, MINUTE
from twincheck.simulate.world import World


class ServiceFaults:
    """Faults of the photoservice."""

    def __init__(self, world: World) -> None:
        self._erased: list[str] = []
        self._world = world
        self._service = world.service
        self._tally = world.ground.tally
        self._dice = world.ground.draws.stream("service faults")

    @property
    def erased(self) -> list[str]:
        """The accounts that nothing personal may be kept of: those erased, and those their claims stand under now."""
        return sorted({*self._erased, *self._service.accounts_of_erased()})

    def stop(self) -> None:
        """Let it be down for a while."""
        if not self._service.is_down:
            self._tally.note("service down")
            self._down_for(self._dice.between(10 * MINUTE, 12 * HOUR))

    def crash(self) -> None:
        """Let it die over the next batch: mostly when that is committed, before its reply."""
        self._service.crash = "committed" if self._dice.chance(0.8) else "commit"

    def put_back(self) -> None:
        """Put last night's backup back; all later work is asked for again."""
        backup, world = self._world.backup, self._world
        if backup is None or self._service.is_down:
            return
        self._tally.note("service restores")
        age = (world.ground.loop.now_ms - backup.at_ms) // MINUTE
        world.ground.story.tell("photoservice", f"is put back from a backup that is {age} minutes old")
        lost = self._service.put_back(backup)
        world.promises.check_lost(lost, "the photoservice was put back from a backup")
        world.tell_again(backup.at_ms)
        self._down_for(self._dice.between(MINUTE, HOUR))

    def grow_old(self) -> None:
        """Let it play an older version for some days, which knows no news."""
        if not self._service.is_older:
            self._tally.note("service peers older")
            self._service.is_older = True
            self._world.ground.loop.after(self._dice.between(DAY, 4 * DAY), self._grow_young)

    def erase(self) -> None:
        """Erase somebody's account."""
        accounts = self._service.accounts()
        if accounts and not self._service.is_down:
            account = self._dice.pick(accounts)
            self._tally.note("erasures")
            self._world.ground.story.tell("photoservice", f"erased {account}")
            self._service.erase(account)
            self._erased.append(account)

    def heal(self) -> None:
        """Let it be up, and of the newest version."""
        self._service.crash = None
        self._service.is_older = False
        self._up()

    def _down_for(self, span_ms: int) -> None:
        self._service.is_down = True
        self._world.ground.story.tell("photoservice", "is down")
        self._world.ground.loop.after(span_ms, self._up)

    def _up(self) -> None:
        if self._service.is_down:
            self._service.is_down = False
            self._world.ground.story.tell("photoservice", "is up")
            self._world.hurry()

    def _grow_young(self) -> None:
        self._service.is_older = False
