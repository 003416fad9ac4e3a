"""What every part of a simulated world stands on."""

from dataclasses import dataclass, field

from twincheck.simulate.draws import Draws
from twincheck.simulate.loop import Loop
from twincheck.simulate.story import Story
from twincheck.simulate.tally import Tally


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Time, chance, the story that is told, and what is counted."""

    loop: Loop
    draws: Draws
    story: Story
    tally: Tally = field(default_factory=Tally)
