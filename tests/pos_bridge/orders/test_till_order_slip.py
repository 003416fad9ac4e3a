"""A code on paper is read back as itself, off what comes out of the printer (A2)."""

import pytest

from hardware.errors import LabelUndrawable
from hardware.printer.profile import load_profile
from hardware.render.symbols import read_back, read_retail
from hardware.transport import open_port
from hardware.virtual.printer import VirtualPrinter
from hardware.virtual.printer_line import TcpLine
from photocore.settings import locate_config
from pos_bridge.orders.slip import order_slip
from pos_bridge.settings import CodeSettings

CONFIG = locate_config()
SHORT = CodeSettings(form="code128", most_minor=999_999)


@pytest.mark.parametrize("settings", [CodeSettings(), SHORT])
@pytest.mark.parametrize("name", ["virtual-80mm", "generic-80mm"])
def test_A2_a_slip_comes_out_of_the_printer_and_is_read_back(make_till, eventually, settings, name):
    issued = make_till(settings).issued.issue_plain(1250, "EUR", "x")
    shop = load_profile(CONFIG, name)
    line = VirtualPrinter(TcpLine(), CONFIG / "fonts", width_dots=shop.print_width_dots, margin_dots=shop.margin_dots)
    with line as printer:
        port = open_port(printer.url)
        for piece in order_slip(issued, "12,50 €", "gilt bis 13:30", shop, CONFIG):
            port.write(piece)
        eventually(lambda: printer.pieces)
        port.close()
        picture = printer.pieces[0].cropped()
    read = read_retail(picture) if issued.form == "ean13" else read_back(picture)
    assert read == {("]E0" if issued.form == "ean13" else "]C0", issued.code)}


def test_A2_a_code_that_is_wider_than_the_paper_is_not_printed(make_till):
    issued = make_till(SHORT).issued.issue_plain(1250, "EUR", "x")
    narrow = load_profile(CONFIG, "virtual-80mm")
    with pytest.raises(LabelUndrawable):
        order_slip(issued, "", "", type(narrow)(**{**_fields(narrow), "print_width_dots": 192}), CONFIG)


def _fields(profile):
    return {name: getattr(profile, name) for name in profile.__struct_fields__}
