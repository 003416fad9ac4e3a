"""The composition root of the command line: where the doctor gets the real clock and disk from."""

import socket
import ssl
from typing import Final
from urllib.parse import urlsplit

from photocore.host import SystemClock, SystemDisk
from photocore.seams import Clock, Disk


def host_clock() -> Clock:
    """Return this machine's clock."""
    return SystemClock()


def host_disk() -> Disk:
    """Return this machine's mounted filesystems."""
    return SystemDisk()


PATIENCE_S: Final = 4.0


def try_address(url: str) -> str:
    """Return what is wrong with reaching ``url``, an empty text when somebody answers; nothing is asked of them.

    With https the certificate is looked at too: a clock that is wrong and a proxy that listens in both show there.
    """
    parts = urlsplit(url)
    is_tls = parts.scheme == "https"
    try:
        with socket.create_connection((parts.hostname or "", parts.port or (443 if is_tls else 80)), PATIENCE_S) as way:
            if is_tls:
                with ssl.create_default_context().wrap_socket(way, server_hostname=parts.hostname):
                    pass
    except ssl.SSLCertVerificationError as error:
        return f"its certificate is not good ({error.verify_message}); is this machine's clock right?"
    except socket.gaierror:
        return "its name is not known here: is there a network?"
    except TimeoutError:
        return "no answer"
    except OSError as error:
        return error.strerror or str(error)
    return ""
