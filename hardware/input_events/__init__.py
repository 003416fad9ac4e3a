"""What the Linux kernel tells of keys and switches: for keypads, headset sockets, and scanners that are keyboards."""

from hardware.input_events.decoder import Decoder, InputEvent

__all__ = ["Decoder", "InputEvent"]
