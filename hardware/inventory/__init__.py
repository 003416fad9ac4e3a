"""A station's devices by the shop's own names: what is plugged in, what each name stands for, whom to ask."""

from hardware.inventory.binding import Standing, stand
from hardware.inventory.book import (
    CameraEntry,
    DeviceBook,
    Entry,
    PrinterEntry,
    ScannerEntry,
    change_book,
    load_book,
)
from hardware.inventory.finder import find_devices
from hardware.inventory.inventory import Inventory, Question, device_url, question_of
from hardware.inventory.plugged import Plugged

__all__ = [
    "CameraEntry",
    "DeviceBook",
    "Entry",
    "Inventory",
    "Plugged",
    "PrinterEntry",
    "Question",
    "ScannerEntry",
    "Standing",
    "change_book",
    "device_url",
    "find_devices",
    "load_book",
    "question_of",
    "stand",
]
