"""The facts of a notice or a message as its words want them: counted, and with a word for what nobody said."""

from collections.abc import Mapping

from photocore.orders import WAITS
from photoservice.web.languages import Words


def facts_in(words: Words, about: Mapping[str, str]) -> dict[str, str]:
    """Return ``about`` for the blanks of ``words``."""
    facts = dict(about)
    if "guest" in facts:
        facts["guest"] = facts["guest"] or words.text("notice.somebody")
    if "sender" in facts:
        facts["sender"] = facts["sender"] or words.text("notice.somebody")
    if "title" in facts:
        facts["title"] = facts["title"] or words.text("notice.untitled")
    if "device" in facts:
        facts["device"] = facts["device"] or words.text("notice.unknown_device")
    if facts.get("wait") in WAITS:
        facts["wait"] = words.text(f"notice.wait.{facts['wait']}")
    if "plan" in facts:
        facts["name"] = facts["name"] or words.text("notice.unnamed_plan")
    if facts.get("images", "").isdecimal():
        facts["images"] = words.count("pictures", int(facts["images"]))
    return facts
