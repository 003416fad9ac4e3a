"""Scanners that are keyboards: from the kernel's input events to frames, by the keyboard country they are set to."""

from hardware.scanner.hid.dialogue import HidDialogue
from hardware.scanner.hid.keymap import Keymap, keymap_names, load_keymap
from hardware.scanner.hid.typist import Typist

__all__ = ["HidDialogue", "Keymap", "Typist", "keymap_names", "load_keymap"]
