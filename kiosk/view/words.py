"""The sentences behind the one-word reasons: short, true, in the shopper's words (STYLE 17).

Each says what happened and what to do next; none says more than is durable (DESIGN 5H).
"""

from kiosk.flow.notes import GOOD_NEWS, Note, Why
from kiosk.flow.values import Level, Light, Printer
from kiosk.view.screen import Block, Chip, LightMark, Notice, Strings, Tone
from photocore.refusals import RefusalReason, describe

MINUTE, HOUR, DAY = 60, 3600, 86400


def note_text(note: Note, t: Strings) -> str:
    """Say what was scanned last and why it is not it."""
    sentence = _scan_words(note.why, t) or _later_words(note.why, t) or _film_words(note.why, t)
    sentence = sentence or _card_words(note.why, t) or _done_words(note, t) or _tool_words(note, t)
    return sentence or reason_text(note.detail, t)


def notice_of(note: Note | None, t: Strings) -> Notice | None:
    """Return the note as a box, green where it is good news."""
    if note is None:
        return None
    tone: Tone = "good" if note.why in GOOD_NEWS else "warn"
    return Notice(tone=tone, text=note_text(note, t))


def _scan_words(why: Why, t: Strings) -> str:
    words = {
        Why.ALREADY_HERE: t.gettext("That is the same package again. It is already here."),
        Why.CARD_ALREADY_HERE: t.gettext("That is the same card again. It is already here."),
        Why.PACKAGE_CHANGED: t.gettext("Changed to the package you scanned last."),
        Why.CARD_CHANGED: t.gettext("Changed to the card you scanned last."),
        Why.PRICE_CODE: t.gettext(
            "That is the price code; it is the same on every box. The package code has a square next to it. "
            "If your box has no square code, please ask at the counter."
        ),
        Why.BADGE: t.gettext("That is a staff badge. Please scan the registration card instead."),
        Why.RECEIPT_FIRST_FINISH: t.gettext(
            "That is a receipt. Finish or cancel this registration first, then scan it again."
        ),
        Why.LABEL_FIRST_FINISH: t.gettext("That is a printed label. Scan the code on the package or on your card."),
        Why.ORDER_CODE: t.gettext("That is an order code. Here you need the code on your film package."),
        Why.NOT_READ: t.gettext("That code was not read completely. Please scan it again."),
    }
    return words.get(why, "")


def _later_words(why: Why, t: Strings) -> str:
    words = {
        Why.CLAIM_CODE_KEPT: t.gettext("Claim code noted. It will be checked by the photoservice."),
        Why.DONE_FIRST: t.gettext("Your labels are still printing. Please wait until they are out."),
        Why.LOOK_UP_FAILED: t.gettext("The package could not be looked up. Please scan it again."),
        Why.COPY_SETTLED: t.gettext("Thank you. That label is printed and valid."),
        Why.COPY_OTHER: t.gettext("That label belongs to another registration or is void."),
        Why.COPY_SQUARE: t.gettext("Almost: hold the small square code of the label under the scanner."),
        Why.OWN_RECEIPT: t.gettext("That is the receipt of this registration."),
        Why.REGISTERED_BEFORE: t.gettext(
            "This package was registered here before. Scan the same card to have its labels printed again."
        ),
        Why.TYPED_NOT_PACKAGE: t.gettext("That is not a package ID. Check it letter by letter: every symbol counts."),
        Why.TYPED_NOT_CARD: t.gettext("That is not a card number of this store. Check it digit by digit."),
        Why.TYPED_NOT_CLAIM_CODE: t.gettext(
            "That is not a claim code. It has 13 symbols and is under the security strip."
        ),
    }
    return words.get(why, "")


def _film_words(why: Why, t: Strings) -> str:
    words = {
        Why.TYPED_NOT_NUMBER: t.gettext(
            "That is not a registration number. It is on the receipt: TCN and nine symbols."
        ),
        Why.CLAIM_CODE_ELSEWHERE: t.gettext("That is a claim code. It goes with a package that has labels already."),
        Why.FILM_ALREADY_HERE: t.gettext("That is the same film again. It is already here."),
        Why.FILM_CHANGED: t.gettext("Changed to the film you scanned last."),
        Why.CARD_NOTED: t.gettext("Card noted: the film will be registered to it."),
        Why.COUNT_RANGE: t.gettext("A package holds 1 to 50 cartridges."),
        Why.NUMBERED: t.gettext("That film has a number of its own. Finish or cancel this one first, then scan it."),
        Why.NOT_PREPARED: t.gettext("That did not work. Nothing was made up yet; please touch Go on again."),
        Why.PIN_FIRST: t.gettext("Type the PIN first, or touch Back."),
        Why.SIGNED_IN_ALREADY: t.gettext("You are signed in already."),
        Why.CHOOSE_FIRST: t.gettext("Choose a reason first, or touch Back."),
        Why.NUMBER_UNKNOWN: t.gettext("This kiosk has no registration with that number."),
        Why.NOT_MADE_UP: t.gettext("That package was not made up at this kiosk."),
    }
    return words.get(why, "")


def _card_words(why: Why, t: Strings) -> str:
    words = {
        Why.GUEST_CARD: t.gettext("This is your guest card. It comes with your receipt: scan it next time."),
        Why.NO_GUEST_CARD: t.gettext("That did not work. Please touch No card? once more, or ask at the counter."),
        Why.GUEST_CARD_FIRST: t.gettext("That is not a guest card. It is on the shopper's receipt: TCG and more."),
        Why.OWN_CARD_WANTED: t.gettext("That is a guest card, too. Please scan the shopper's own card."),
        Why.OTHER_CARD_WANTED: t.gettext("That is the same card again. Please scan the other one."),
        Why.CARDS_JOINED: t.gettext("Joined. Both cards lead to the same account now."),
        Why.CARD_REPLACED: t.gettext("Replaced. The new card has taken over; the old one is no longer good."),
    }
    return words.get(why, "")


def _done_words(note: Note, t: Strings) -> str:
    """Say what staff have done, once it is durable."""
    void = t.ngettext(
        "{n} paper is void: please throw it away.", "{n} papers are void: please throw them away.", note.count
    ).format(n=note.count)
    words = {
        Why.RELEASED: t.gettext("Sent to the printer."),
        Why.SETTLED: t.gettext("Noted: it is on paper."),
        Why.ANEW: t.gettext("A new label prints. The doubtful one is void."),
        Why.LABELS_AGAIN: t.gettext("New labels are on their way. The old ones are void: please throw them away."),
        Why.RECEIPT_AGAIN: t.gettext("A new receipt is on its way. The old one's access code is void."),
        Why.VOIDED: " ".join(part for part in (t.gettext("Voided."), void if note.count else "") if part),
        Why.SENT_AGAIN: t.gettext("Written again. It is sent with the next connection."),
        Why.CLOSED: t.gettext("Closed, with your reason on record."),
        Why.NOTED: t.gettext("Noted, with your name."),
    }
    return words.get(note.why, "")


def _tool_words(note: Note, t: Strings) -> str:
    """Say what staff did for the room, and what a paper list or a role stands in the way of."""
    n = note.count
    anew = t.ngettext("{n} label goes to the printer.", "{n} labels go to the printer.", n).format(n=n)
    words = {
        Why.ROLE: t.gettext("Your role does not allow that. Nothing was changed."),
        Why.ROLL_FIRST: t.gettext("Finish or stop changing the label roll first."),
        Why.NO_ROW: t.gettext("That is not a row of a paper list."),
        Why.TIME_FIRST: t.gettext("Type day and time first, as they stand in the row."),
        Why.NO_TIME: t.gettext("There is no such day or time. Two digits each: day, hour, minute."),
        Why.TRAINING: t.gettext("You are training now. Nothing is registered or sent until you sign out."),
        Why.TEST_SENT: t.gettext("A test label is on its way. It counts for nothing."),
        Why.PAUSED: t.gettext("Printing is paused. Labels wait, and none is lost."),
        Why.RESUMED: t.gettext("Printing goes on."),
        Why.ROLL_CHANGED: t.gettext("The new roll is in use. Labels that waited print now."),
        Why.SHIFT_KEPT: t.gettext("Kept. Every label prints there from now on."),
        Why.RESTARTED: anew,
    }
    return words.get(note.why, "")


def reason_text(reason: str, t: Strings) -> str:
    """Say why a code was refused, in the code reader's own advice; its English sentences are the translations' keys."""
    if reason in set(RefusalReason):
        advice = describe(RefusalReason(reason))
        return " ".join((t.gettext(advice.happened), t.gettext(advice.do)))
    return t.gettext("That code cannot be used here. Scan the package or the card.")


def desk_words(reason: str, t: Strings) -> str:
    """Say why the desk refused."""
    if reason == "no_roster":
        return t.gettext("This kiosk has not been set up for the store yet.")
    words = {
        "withdrawn": t.gettext("This registration was undone."),
        "no_printer": t.gettext("This kiosk has no printer."),
        "device_gone": t.gettext("It is not plugged in any more, or the list of devices cannot be written."),
        "row_entered": t.gettext("This row of the paper list was entered already."),
        "revoked": t.gettext("This package was recalled."),
        "registered_here": t.gettext("It is registered at this kiosk already. A member of staff can look it up."),
        "staff_needed": t.gettext("A member of staff must be signed in for that."),
        "count": t.gettext("A package holds 1 to 50 cartridges."),
        "product": t.gettext("That is not the price code of a film."),
        "unknown_package": t.gettext("That package was not made up at this kiosk."),
        "make_up_withdrawn": t.gettext("This package was taken back; its labels are no longer valid."),
        "registered_meanwhile": t.gettext("The package has been registered meanwhile: print its labels from there."),
        "no_claim_codes": t.gettext("It was made up for a registration; its labels have no claim codes."),
        "unknown_job": t.gettext("There is no such label any more."),
        "job_not_set_aside": t.gettext("That label is not put off any more."),
        "job_not_in_doubt": t.gettext("That label is not in doubt any more."),
        "not_parked": t.gettext("That is not parked any more."),
        "card_replaced": t.gettext("This card was replaced by a newer one."),
        "same_card": t.gettext("Those two are one and the same card."),
        "unknown_claim": t.gettext("This kiosk has no registration with that number."),
        "cannot_correct": t.gettext("That cannot be sent again as it is: scan package and card once more."),
    }
    if reason in words:
        return words[reason]
    return t.gettext("The registration does not fit what this kiosk has stored.")


def light_of(light: Light, t: Strings) -> LightMark:
    """Say online, or working offline with how many wait and how old the oldest is."""
    if not light.has_journal:
        return LightMark(text=t.gettext("Cannot store"), tone="bad", icon="error")
    if light.is_online and not light.unsent:
        return LightMark(text=t.gettext("Online"), tone="good", icon="cloud_done")
    if light.is_online:
        text = t.ngettext("Online, sending {n}", "Online, sending {n}", light.unsent)
        return LightMark(text=text.format(n=light.unsent), tone="good", icon="cloud_upload")
    return LightMark(text=_offline_words(light, t), tone="warn", icon="cloud_off")


def _offline_words(light: Light, t: Strings) -> str:
    if not light.unsent:
        return t.gettext("Working offline")
    text = t.ngettext("Working offline, {n} waiting", "Working offline, {n} waiting", light.unsent)
    words = text.format(n=light.unsent)
    if light.oldest_s is None or light.oldest_s < MINUTE:
        return words
    return t.gettext("{waiting}, oldest {age}").format(waiting=words, age=age_words(light.oldest_s, t))


def age_words(seconds: float, t: Strings) -> str:
    """Say how long it is in one rounded-down unit: never longer than it is. Less than a minute is none."""
    if seconds < HOUR:
        n = int(seconds // MINUTE)
        return t.ngettext("{n} minute", "{n} minutes", n).format(n=n)
    if seconds < DAY:
        n = int(seconds // HOUR)
        return t.ngettext("{n} hour", "{n} hours", n).format(n=n)
    n = int(seconds // DAY)
    return t.ngettext("{n} day", "{n} days", n).format(n=n)


def level_chip(level: Level, reason: str, t: Strings) -> Chip:
    """Return the word of DESIGN 5H for how far a registration has come."""
    because = t.gettext("Refused: {reason}").format(reason=reason) if reason else t.gettext("Refused")
    words = {
        Level.HERE: Chip(text=t.gettext("Registered here"), tone="good", icon="check"),
        Level.HUB: Chip(text=t.gettext("At the store hub"), tone="good", icon="store"),
        Level.CONFIRMED: Chip(text=t.gettext("Confirmed"), tone="good", icon="verified"),
        Level.WAITING: Chip(text=t.gettext("Waiting for the maker's list"), tone="warn", icon="schedule"),
        Level.HELD: Chip(text=t.gettext("Held until the till has sold it"), tone="warn", icon="schedule"),
        Level.CONTESTED: Chip(text=t.gettext("Contested"), tone="bad", icon="warning"),
        Level.WITHDRAWN: Chip(text=t.gettext("Undone"), tone="warn", icon="undo"),
        Level.REFUSED: Chip(text=because, tone="bad", icon="error"),
    }
    return words[level]


def level_sentence(level: Level, t: Strings) -> str:
    """Say what the word means for the shopper."""
    words = {
        Level.HERE: t.gettext("Stored in this kiosk. It goes to the photoservice as soon as there is a connection."),
        Level.HUB: t.gettext("Stored in this kiosk and at the store. The photoservice hears of it next."),
        Level.CONFIRMED: t.gettext("The photoservice has it."),
        Level.WAITING: t.gettext("The maker's list is not here yet. Scan your receipt here later to get your labels."),
        Level.HELD: t.gettext("It counts as soon as this package is paid for. Please pay at the till now."),
        Level.CONTESTED: t.gettext(
            "Another card has registered this package too. A person decides; please ask at the counter."
        ),
        Level.WITHDRAWN: t.gettext("Its labels are void. Please throw them away."),
        Level.REFUSED: t.gettext("The photoservice did not take it. Please ask at the counter."),
    }
    return words[level]


def printer_fault(printer: Printer, t: Strings) -> str:
    """Say in a sentence why there is no paper just now; empty where there is nothing to say."""
    words = {
        Printer.PAPER_OUT: t.gettext("The printer is out of paper."),
        Printer.COVER_OPEN: t.gettext("The printer's cover is open."),
        Printer.ERROR: t.gettext("The printer reports a jam or a fault."),
        Printer.OFFLINE: t.gettext("The printer does not answer."),
        Printer.PAUSED: t.gettext("Staff are looking after the printer."),
    }
    return words.get(printer, "")


def blocks_of(happened: str, safe: str, todo: str, t: Strings) -> tuple[Block, ...]:
    """Return the three lines of everything that goes wrong: what happened, what is safe, what to do."""
    return (
        Block(icon="error", title=t.gettext("What happened"), text=happened),
        Block(icon="lock", title=t.gettext("What is safe"), text=safe),
        Block(icon="forward", title=t.gettext("What to do"), text=todo),
    )
