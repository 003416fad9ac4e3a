"""What every part of a simulated world stands on."""

from dataclasses import dataclass, field

from twincheck.simulate.draws import Draws
from twincheck.simulate.loop import Loop
from twincheck.simulate.story import Story
from twincheck.simulate.tally import Tally


@dataclass
class Peace:
    """Whether the world is at rest: nothing goes wrong then, and nobody switches a station off for the night."""

    reigns: bool = False


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Time, chance, the story that is told, and what is counted."""

    loop: Loop
    draws: Draws
    story: Story
    tally: Tally = field(default_factory=Tally)
    peace: Peace = field(default_factory=Peace)
