"""The whole window: it shows one :class:`~kiosk.view.Screen` after another and reports touches.

``Stage`` is told the screen; it knows nothing of the flow. A change of theme or direction builds it anew.
"""

from kiosk.ui.bodies import BODIES, Body
from kiosk.ui.boxes import Press, VBox
from kiosk.ui.look import Look
from kiosk.ui.overlay import OverlaySheet
from kiosk.ui.sections import ButtonBar, Foot, Heading, NoticeBox, Sign, Steps, TopBar, heading_of
from kiosk.ui.toolkit import FloatLayout
from kiosk.view.screen import Layout, Screen


class Stage(FloatLayout):
    """Top bar, steps, heading, notice, body, buttons, foot, and the question over all; the paper is the window's."""

    def __init__(self, look: Look, press: Press) -> None:
        super().__init__()
        self.look = look
        self.press = press
        self.screen: Screen | None = None
        self.layout: Layout | None = None
        self.body: Body | None = None
        self.top_bar = TopBar(look, press)
        self.steps = Steps(look, press)
        self.sign = Sign(look, press)
        self.heading = Heading(look, press)
        self.notice = NoticeBox(look, press)
        self.button_bar = ButtonBar(look, press)
        self.foot = Foot(look, press)
        self.place = VBox()
        self.column = VBox()
        self.overlay = OverlaySheet(look, press)
        self.add_widget(self.column)
        self.add_widget(self.overlay)

    def show(self, screen: Screen) -> None:
        """Draw ``screen``; what did not change is left as it is."""
        if screen.layout != self.layout:
            self._arrange(screen.layout)
        self.screen = screen
        self.top_bar.show((screen.store, screen.light))
        self.steps.show(screen.steps)
        self.sign.show(screen.picture)
        self.heading.show(heading_of(screen))
        self.notice.show(screen.notice)
        self.button_bar.show((screen.buttons, screen.layout))
        self.foot.show((screen.tools, screen.foot))
        if self.body:
            self.body.show(screen)
        self.overlay.show(screen.overlay)

    def halt(self) -> None:
        """Stop whatever moves."""
        if self.body:
            self.body.halt()

    def _arrange(self, layout: Layout) -> None:
        """Put the parts in the layout's order: on the attract page the strips come above the words."""
        self.halt()
        before = self.layout
        self.layout = layout
        if before is None or BODIES[before] is not BODIES[layout]:
            self.place.clear_widgets()
            self.body = BODIES[layout](self.look, self.press)
            self.place.add_widget(self.body)
        self.column.clear_widgets()
        words = (self.heading, self.notice)
        middle = (self.place, *words) if layout == "attract" else (*words, self.place)
        for part in (self.top_bar, self.steps, self.sign, *middle, self.button_bar, self.foot):
            self.column.add_widget(part)
