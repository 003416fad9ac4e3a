"""What the profiles of scanners and printers have in common: the line, and how far a profile is to be trusted."""

from typing import Annotated, Literal

import msgspec

from hardware.transport import PortSettings

Standing = Annotated[str, msgspec.Meta(pattern=r"^done$|^(exempt|todo): \S.*$")]
"""``done``, or ``exempt: why`` it never will be, or ``todo: why`` it is not yet."""


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The line's settings; they mean nothing on USB or TCP, but a real RS-232 device is deaf without them."""

    baud: Annotated[int, msgspec.Meta(ge=300, le=921_600)] = 9600
    data_bits: Literal[7, 8] = 8
    parity: Literal["none", "even", "odd"] = "none"
    stop_bits: Literal[1, 2] = 1
    flow: Literal["none", "xonxoff", "rtscts", "dsrdtr"] = "none"

    def port_settings(self) -> PortSettings:
        """Return how to open the line."""
        return PortSettings(
            baud=self.baud,
            data_bits=self.data_bits,
            parity=self.parity,
            stop_bits=self.stop_bits,
            flow=self.flow,
        )
