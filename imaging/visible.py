"""Texts of strangers as a terminal or a drawing may show them: names of files, contents of codes."""


def visible(text: str) -> str:
    """Return the text with everything spelled out that has no shape of its own: GS as ``<1D>``, escape as ``<1B>``.

    A file can be named so that its name clears a terminal or colours it, and a name that is no UTF-8 cannot be printed.
    """
    return "".join(sign if sign.isprintable() else f"<{ord(sign):02X}>" for sign in text)
