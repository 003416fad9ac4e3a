"""Small widgets everything is made of: mirrored boxes, wrapped text, icons, panels, pills.

A widget takes a :class:`~kiosk.ui.look.Look` and is done: a change of theme or direction builds new ones, so none
listens to anything but its own size.
"""

from collections.abc import Sequence
from typing import TypeVar

from kiosk.ui.look import BODY_U, Look, Weight, glyph
from kiosk.ui.painted import SHADOW_BORDER
from kiosk.ui.textures import shadow_texture
from kiosk.ui.theme import Rgba
from kiosk.ui.toolkit import (
    BorderImage,
    BoxLayout,
    Clock,
    Color,
    Label,
    SmoothLine,
    SmoothRoundedRectangle,
    Widget,
)

Padding = float | Sequence[float]

SHADOW_REACH_U, SHADOW_DROP_U = 3.4, 1.0


W = TypeVar("W", bound=Widget)


def named(widget: W, part: str) -> W:
    """Give ``widget`` the name of the part of the screen it draws, so that the focus ring finds it."""
    widget.part = part
    return widget


class VBox(BoxLayout):
    """A column. ``fit`` makes it as high as what it holds."""

    def __init__(self, *, gap: float = 0, padding: Padding = 0, fit: bool = False, **place: object) -> None:
        super().__init__(orientation="vertical", spacing=gap, padding=padding, **place)
        if fit:
            self.size_hint_y = None
            self.bind(minimum_height=self._fit)

    def _fit(self, _: Widget, height: float) -> None:
        self.height = height


class HBox(BoxLayout):
    """A row that mirrors itself where reading goes from right to left; Kivy's own box does not."""

    def __init__(self, look: Look, *, gap: float = 0, padding: Padding = 0, fit: bool = False, **place: object) -> None:
        self.is_rtl = look.is_rtl
        super().__init__(orientation="horizontal", spacing=gap, padding=padding, **place)
        if fit:
            self.size_hint_y = None
            self.bind(minimum_height=self._fit)

    def add_widget(self, widget: Widget, index: int = 0, canvas: str | None = None) -> None:
        """Add ``widget`` at the end of the reading direction."""
        super().add_widget(widget, len(self.children) if self.is_rtl else index, canvas)

    def _fit(self, _: Widget, height: float) -> None:
        self.height = height


class Drawn(Widget):
    """A widget that draws itself: once a frame, however often its place changed while the page found its layout."""

    def __init__(self, **place: object) -> None:
        super().__init__(**place)
        self._redraw = Clock.create_trigger(self._draw, -1)
        self.bind(pos=self._ask_redraw, size=self._ask_redraw)

    def _ask_redraw(self, *_: object) -> None:
        self._redraw()

    def _draw(self, *_: object) -> None:
        raise NotImplementedError


class Spring(Widget):
    """Empty room that takes what is left."""


class Text(Label):
    """Text that wraps in its width and is as high as it needs; ``align`` is start, centre or end."""

    def __init__(
        self,
        look: Look,
        text: str,
        *,
        size_u: float = BODY_U,
        weight: Weight = "regular",
        colour: Rgba | None = None,
        align: str = "start",
        line_height: float = 1.16,
    ) -> None:
        halign = look.start if align == "start" else align
        super().__init__(
            text=text,
            font_name=weight,
            font_size=size_u * look.u,
            color=colour or look["ink"],
            halign=halign,
            base_direction=look.direction,
            line_height=line_height,
            size_hint_y=None,
            height=0,
        )
        self.bind(width=self._wrap, texture_size=self._fit)

    def _wrap(self, _: Widget, width: float) -> None:
        self.text_size = (width, None)

    def _fit(self, _: Widget, size: tuple[float, float]) -> None:
        self.height = size[1]


class Line(Label):
    """One line of text, exactly as large as it is; beyond ``widest_u`` it wraps."""

    def __init__(
        self,
        look: Look,
        text: str,
        *,
        size_u: float = BODY_U,
        weight: Weight = "regular",
        colour: Rgba | None = None,
        widest_u: float | None = None,
    ) -> None:
        super().__init__(
            text=text,
            font_name=weight,
            font_size=size_u * look.u,
            color=colour or look["ink"],
            halign=look.start,
            base_direction=look.direction,
            size_hint=(None, None),
            pos_hint={"center_y": 0.5},
        )
        self.texture_update()
        if widest_u and self.texture_size[0] > widest_u * look.u:
            self.text_size = (widest_u * look.u, None)
            self.texture_update()
        self.size = self.texture_size

    def say(self, text: str, colour: Rgba) -> None:
        """Say something else, on one line, and be as large as that."""
        if text == self.text and colour == tuple(self.color):
            return
        self.text, self.color = text, colour
        self.texture_update()
        self.size = self.texture_size


def icon(look: Look, name: str, *, size_u: float, colour: Rgba | None = None) -> Line:
    """Return an icon of our icon font."""
    return Line(look, glyph(name, is_rtl=look.is_rtl), size_u=size_u, weight="icons", colour=colour)


class Panel(VBox):
    """A sheet of paper lying on the page: soft shadow, and an outline that says its state."""

    def __init__(
        self,
        look: Look,
        *,
        edge: Rgba | None = None,
        edge_u: float = 0.16,
        gap: float = 0,
        padding: Padding = 0,
        fit: bool = False,
        **place: object,
    ) -> None:
        super().__init__(gap=gap, padding=padding, fit=fit, **place)
        self.look = look
        self.edge = edge or look["line"]
        self.edge_u = edge_u
        self.bind(pos=self._draw, size=self._draw)

    def mark(self, edge: Rgba, edge_u: float) -> None:
        """Say another state by the outline."""
        if (edge, edge_u) != (self.edge, self.edge_u):
            self.edge, self.edge_u = edge, edge_u
            self._draw()

    def _draw(self, *_: object) -> None:
        self.canvas.before.clear()
        if min(self.size) < 1:
            return
        with self.canvas.before:
            draw_sheet(self.look, self.pos, self.size, fill=self.look["surface"], edge=self.edge, edge_u=self.edge_u)


def draw_sheet(
    look: Look,
    pos: Sequence[float],
    size: Sequence[float],
    *,
    fill: Rgba,
    edge: Rgba,
    edge_u: float = 0.16,
    radius_u: float = 3,
    has_shadow: bool = True,
) -> None:
    """Draw a rounded sheet into the open canvas; the outline lies inside the given size."""
    u = look.u
    if has_shadow and not look.is_high_contrast:
        draw_shadow(look, pos, size)
    Color(rgba=fill)
    SmoothRoundedRectangle(pos=pos, size=size, radius=[radius_u * u])
    draw_outline(look, pos, size, colour=edge, width_u=edge_u, radius_u=radius_u)


def draw_shadow(look: Look, pos: Sequence[float], size: Sequence[float]) -> None:
    """Lay a soft shadow below a sheet, stretched from one small blurred picture: cheap in software too."""
    reach = SHADOW_REACH_U * look.u
    Color(rgba=look["shadow"])
    BorderImage(
        texture=shadow_texture(),
        pos=(pos[0] - reach, pos[1] - reach - SHADOW_DROP_U * look.u),
        size=(size[0] + 2 * reach, size[1] + 2 * reach),
        border=(SHADOW_BORDER,) * 4,
        display_border=(2.2 * reach,) * 4,
    )


def draw_outline(
    look: Look, pos: Sequence[float], size: Sequence[float], *, colour: Rgba, width_u: float, radius_u: float
) -> None:
    """Draw a rounded outline of full width ``2 * width_u`` inside the given size."""
    u = look.u
    inset = width_u * u
    Color(rgba=colour)
    rectangle = (pos[0] + inset, pos[1] + inset, size[0] - 2 * inset, size[1] - 2 * inset, max(1, radius_u * u - inset))
    SmoothLine(rounded_rectangle=rectangle, width=width_u * u)


class Pill(HBox):
    """A short word in a coloured capsule: a state, never a control."""

    def __init__(
        self,
        look: Look,
        text: str,
        *,
        icon_name: str = "",
        ink: Rgba,
        wash: Rgba,
        size_u: float = 3.4,
        widest_u: float = 100,
    ) -> None:
        u = look.u
        super().__init__(look, gap=0.8 * u, padding=[1.8 * u, 0.9 * u], size_hint=(None, None))
        self.look, self.wash, self.ink = look, wash, ink
        if icon_name:
            self.add_widget(icon(look, icon_name, size_u=size_u * 1.15, colour=ink))
        self.add_widget(Line(look, text, size_u=size_u, weight="semibold", colour=ink, widest_u=widest_u))
        self.pos_hint = {"center_y": 0.5}
        self.bind(minimum_width=self._fit_width, minimum_height=self._fit_height, pos=self._draw, size=self._draw)

    def _fit_width(self, _: Widget, width: float) -> None:
        self.width = width

    def _fit_height(self, _: Widget, height: float) -> None:
        self.height = height

    def _draw(self, *_: object) -> None:
        self.canvas.before.clear()
        with self.canvas.before:
            Color(rgba=self.wash)
            SmoothRoundedRectangle(pos=self.pos, size=self.size, radius=[self.height / 2])
            if self.look.is_high_contrast:
                draw_outline(
                    self.look,
                    self.pos,
                    self.size,
                    colour=self.ink,
                    width_u=0.12,
                    radius_u=self.height / 2 / self.look.u,
                )
