"""Everything about people on the web that a request handler or a task may need; built once by ``people_wiring.py``."""

from dataclasses import dataclass

from photoservice.arranging.groups import Groups
from photoservice.arranging.marks import Marks
from photoservice.custody.custody import Custody
from photoservice.editing.editing import Editing
from photoservice.notifying.arrivals import Arrivals
from photoservice.notifying.messages import Messages
from photoservice.notifying.notices import Notices
from photoservice.notifying.sending import Sender
from photoservice.persons.deleting import Deleting
from photoservice.persons.entrance import Entrance
from photoservice.persons.exporting import Exporting
from photoservice.persons.opening import Opening
from photoservice.persons.passwords import Passwords
from photoservice.persons.persons import Persons
from photoservice.persons.profiles import Profiles
from photoservice.persons.sessions import Sessions
from photoservice.sharing.guests import Guests
from photoservice.sharing.shares import Shares
from photoservice.sweeping.sweep import Sweep
from photoservice.taking.streaming import Taking


@dataclass(frozen=True, kw_only=True)
class People:
    """The parts that know people, and what they do with their pictures."""

    persons: Persons
    sessions: Sessions
    opening: Opening
    entrance: Entrance
    passwords: Passwords
    profiles: Profiles
    messages: Messages
    sender: Sender
    notices: Notices
    arrivals: Arrivals
    deleting: Deleting
    exporting: Exporting
    groups: Groups
    marks: Marks
    custody: Custody
    editing: Editing
    shares: Shares
    guests: Guests
    taking: Taking
    sweep: Sweep
