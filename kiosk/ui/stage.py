"""The whole window: it shows one :class:`~kiosk.view.Screen` after another and reports touches.

``Stage`` is told the screen; it knows nothing of the flow. A change of theme or language builds it anew.
"""

from typing import Union

from kiosk.ui.arrange import arrange
from kiosk.ui.bars import ButtonBar, Foot, LanguageRow, StaffBar
from kiosk.ui.bodies import BODIES
from kiosk.ui.body import Body
from kiosk.ui.boxes import VBox
from kiosk.ui.buttons import Press
from kiosk.ui.focus import FocusRing, part_named
from kiosk.ui.large import LargeStage
from kiosk.ui.look import Look
from kiosk.ui.overlay import OverlaySheet
from kiosk.ui.sections import Heading, NoticeBox, Sign, Steps, TopBar, heading_of
from kiosk.ui.shaping import HAND
from kiosk.ui.toolkit import FloatLayout, Widget
from kiosk.view.screen import Layout, Screen

AnyStage = Union["Stage", LargeStage]


def stage_for(look: Look, press: Press) -> AnyStage:
    """Return what draws the window for this person: one of the page's layouts, or its parts in large text."""
    return LargeStage(look, press) if look.is_large else Stage(look, press)


class Stage(FloatLayout):
    """The parts of the frame, the body, and the question over all; the paper is the window's."""

    def __init__(self, look: Look, press: Press) -> None:
        super().__init__()
        self.look = look
        self.press = press
        self.screen: Screen | None = None
        self.layout: Layout | None = None
        self.body: Body | None = None
        self.top_bar = TopBar(look, press)
        self.staff_bar = StaffBar(look, press)
        self.steps = Steps(look, press)
        self.sign = Sign(look, press)
        self.heading = Heading(look, press)
        self.notice = NoticeBox(look, press)
        self.button_bar = ButtonBar(look, press)
        self.languages = LanguageRow(look, press)
        self.foot = Foot(look, press)
        self.kept: dict[type[Body], Body] = {}
        self.place = VBox()
        """Where the body stands."""
        margins = [5 * look.u, 0, 0, 0] if look.is_rtl else [0, 0, 5 * look.u, 0]
        self.side = VBox(fit=True, padding=margins)
        """Where the body's second part stands, beside the words, if it has one."""
        self.column = VBox()
        self.overlay = OverlaySheet(look, press)
        self.ring = FocusRing(look)
        for part in (self.column, self.overlay, self.ring):
            self.add_widget(part)

    def show(self, screen: Screen) -> None:
        """Draw ``screen``; what did not change is left as it is."""
        HAND.language = screen.language
        if screen.layout != self.layout:
            self._change_layout(screen.layout)
        self.screen = screen
        self.top_bar.show((screen.store, screen.light))
        self.staff_bar.show(None if self.look.is_landscape else screen.staff)
        self.steps.show(screen.steps)
        self.sign.show((screen.picture, bool(screen.rows and screen.blocks)))
        self.heading.show(heading_of(screen))
        self.notice.show(screen.notice)
        self.button_bar.show((screen.buttons, screen.layout))
        self.languages.show(screen.languages)
        self.foot.show((screen.tools, screen.foot, screen.staff if self.look.is_landscape else None))
        if self.body:
            self.body.show(screen)
        self.overlay.show(screen.overlay)
        self.ring.show(part_named(screen.access.focus, [self.front()]))

    def front(self) -> Widget:
        """Return what can be touched now: a question covers the page."""
        return self.overlay if self.overlay.is_open() else self.column

    def halt(self) -> None:
        """Stop whatever moves."""
        if self.body:
            self.body.halt()

    def resume(self) -> None:
        """Let what was halted move again."""
        if self.body and self.screen:
            self.body.show(self.screen)

    def _body(self, kind: type[Body]) -> Body:
        """Return a body, the one from last time where it is kept."""
        body = self.kept.get(kind) or kind(self.look, self.press)
        if kind.is_kept:
            self.kept[kind] = body
        return body

    def _change_layout(self, layout: Layout) -> None:
        self.halt()
        before, self.layout = self.layout, layout
        if before is None or BODIES[before] is not BODIES[layout]:
            self.place.clear_widgets()
            self.side.clear_widgets()
            self.body = self._body(BODIES[layout])
            self.place.add_widget(self.body)
            if self.body.side:
                self.side.add_widget(self.body.side)
        arrange(self, layout)
