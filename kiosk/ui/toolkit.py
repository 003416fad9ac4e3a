"""Kivy, as much of it as we use: the one place that imports it by many names.

Kivy ships no types; ``toolkit.pyi`` beside this file states the part we rely on, so the rest of :mod:`kiosk.ui` is
checked like any other code. The environment must be set before this is imported (:mod:`kiosk.display`).
"""

# pyright: basic
# (Kivy has no types; toolkit.pyi is what the others see.)

from kiosk.ui import rules  # noqa: F401  before anything of the toolkit that draws

# isort: split
from kivy.animation import Animation
from kivy.app import App
from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.core.image import Image as CoreImage
from kivy.core.text import LabelBase
from kivy.core.window import Window
from kivy.graphics import (
    BorderImage,
    Color,
    Line,
    PopMatrix,
    PushMatrix,
    Rectangle,
    Rotate,
    RoundedRectangle,
    SmoothEllipse,
    SmoothLine,
    SmoothRoundedRectangle,
    StencilPop,
    StencilPush,
    StencilUnUse,
    StencilUse,
    Translate,
    Triangle,
)
from kivy.graphics.opengl import glFinish
from kivy.graphics.texture import Texture
from kivy.input.motionevent import MotionEvent
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from kiosk.ui.lettering import Label, TextPainter

Clock.max_iteration = 40  # boxes in boxes each pass their height on once: a full page needs more than the usual ten

__all__ = [
    "Animation",
    "App",
    "BorderImage",
    "BoxLayout",
    "ButtonBehavior",
    "Clock",
    "Color",
    "CoreImage",
    "EventLoop",
    "FloatLayout",
    "Label",
    "LabelBase",
    "Line",
    "MotionEvent",
    "PopMatrix",
    "PushMatrix",
    "Rectangle",
    "Rotate",
    "RoundedRectangle",
    "SmoothEllipse",
    "SmoothLine",
    "SmoothRoundedRectangle",
    "StencilPop",
    "StencilPush",
    "StencilUnUse",
    "StencilUse",
    "TextPainter",
    "Texture",
    "Translate",
    "Triangle",
    "Widget",
    "Window",
    "glFinish",
]
