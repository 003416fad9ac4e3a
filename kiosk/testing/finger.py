"""A finger: a real Kivy touch, sent in where a touch panel's would come in.

Kivy has one like it among its own tests, but that module needs pytest, which an installation has not.
"""

from kiosk.ui.toolkit import EventLoop, MotionEvent, Window


class Finger(MotionEvent):
    """One finger at x, y of the window, in pixels from the lower left corner."""

    def __init__(self, x: float, y: float) -> None:
        place = {"x": x / Window.width, "y": y / Window.height}
        super().__init__(type(self).__name__, 1, place, is_touch=True, type_id="touch")

    def depack(self, args: dict[str, float]) -> None:
        """Take the place, as shares of the window."""
        self.profile = ["pos"]
        self.sx, self.sy = args["x"], args["y"]
        super().depack(args)

    def press(self) -> None:
        """Touch the window."""
        EventLoop.post_dispatch_input("begin", self)

    def lift(self) -> None:
        """Take the finger away."""
        EventLoop.post_dispatch_input("end", self)

    def slide(self, x: float, y: float) -> None:
        """Move the finger, still on the window, to x, y."""
        self.move({"x": x / Window.width, "y": y / Window.height})
        EventLoop.post_dispatch_input("update", self)
