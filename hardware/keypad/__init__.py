"""Tactile keypads and headset jacks: from the kernel's input events to the six keys a kiosk knows, and in or out."""

from hardware.keypad.link import KeypadLink, keypad_url
from hardware.keypad.profile import KeypadProfile, KeyWord, load_profile, profile_names
from hardware.keypad.signals import Jack, KeyPressed, Reader, Signal

__all__ = [
    "Jack",
    "KeyPressed",
    "KeyWord",
    "KeypadLink",
    "KeypadProfile",
    "Reader",
    "Signal",
    "keypad_url",
    "load_profile",
    "profile_names",
]
