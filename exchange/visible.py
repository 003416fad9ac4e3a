"""Texts of strangers as a terminal may show them: names of files, sentences of a service."""


def visible(text: str) -> str:
    """Return the text with everything spelled out that has no shape of its own: an escape as ``<1B>``."""
    return "".join(sign if sign.isprintable() else f"<{ord(sign):02X}>" for sign in text)
