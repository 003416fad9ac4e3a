"""The staff's words: why something is parked, what a job's state means, reasons, ages. Plain sentences, no codes."""

from kiosk.flow.staff_values import Deed, Parked, QueuedJob, Reason
from kiosk.flow.values import LabelState, Level, Printer
from kiosk.view.screen import Strings, Tone
from kiosk.view.words import DAY, HOUR, MINUTE, level_sentence
from photocore.roles import Duty, who_may


def ago(seconds: float | None, t: Strings) -> str:
    """Say how long ago, rounded down; empty where nobody knows.

    Whole sentences, not a length with a word before or after it: the length bends in most languages (vor 2 Tagen).
    """
    if seconds is None:
        return ""
    if seconds < MINUTE:
        return t.gettext("just now")
    if seconds < HOUR:
        n = int(seconds // MINUTE)
        return t.ngettext("{n} minute ago", "{n} minutes ago", n).format(n=n)
    if seconds < DAY:
        n = int(seconds // HOUR)
        return t.ngettext("{n} hour ago", "{n} hours ago", n).format(n=n)
    n = int(seconds // DAY)
    return t.ngettext("{n} day ago", "{n} days ago", n).format(n=n)


def parked_title(parked: Parked, t: Strings) -> str:
    """Say what the parked event was about."""
    words = {
        "PackageClaimed": t.gettext("A registration"),
        "ClaimWithdrawn": t.gettext("An undone registration"),
        "CopiesIssued": t.gettext("New labels"),
        "AccessCodeReplaced": t.gettext("A new receipt"),
        "PackageMadeUp": t.gettext("A package made up here"),
        "ClaimCodesReplaced": t.gettext("New labels for the shelf"),
        "MakeUpWithdrawn": t.gettext("A package taken back"),
        "StaffOverrode": t.gettext("Something staff did"),
    }
    return words.get(parked.kind, t.gettext("An event of this kiosk"))


def parked_sentence(parked: Parked, t: Strings) -> str:
    """Say why the photoservice set it aside; a cause we have no words for is told in the service's own."""
    words = {
        "unreadable": t.gettext("The photoservice could not read what this kiosk sent."),
        "malformed": t.gettext("The photoservice could not read what this kiosk sent."),
        "unknown_kind": t.gettext("The photoservice is older than this kiosk and does not know this yet."),
        "signature": t.gettext("The photoservice could not tell that it comes from this kiosk."),
        "sealed": t.gettext("The photoservice could not open the part that names the card."),
        "role": t.gettext("This kiosk is not allowed to do that."),
        "other_station": t.gettext("It is about something another station did."),
        "other_store": t.gettext("The package belongs to another store."),
        "chain": t.gettext("Something this kiosk wrote before it has not arrived."),
        "held": t.gettext("The photoservice takes nothing from this kiosk until somebody has looked at it."),
        "revoked": t.gettext("This kiosk's key was taken out of service."),
        "fork": t.gettext("The photoservice has something else under the same number."),
        "database": t.gettext("The photoservice could not store it."),
    }
    later = {
        "package_known": t.gettext("The photoservice knows this package from somewhere else already."),
        "roll_known": t.gettext("The photoservice knows one of these rolls from another package already."),
        "not_in_package": t.gettext("One of these rolls is not in this package."),
        "package_claimed": t.gettext("Somebody has registered the package meanwhile."),
        "unknown_claim": t.gettext("It names a registration that is not known there."),
        "secrets_lost": t.gettext("It was taken, but its receipt's access code was lost: print a new receipt."),
    }
    found = words.get(parked.cause) or later.get(parked.cause)
    return found or parked.reason or t.gettext("The photoservice gave no reason.")


def job_title(job: QueuedJob, t: Strings) -> str:
    """Say which paper it is."""
    if job.kind == "receipt":
        return t.gettext("Receipt")
    if job.kind == "package":
        return t.gettext("Package label")
    return t.gettext("Roll {n} of {count}").format(n=job.place, count=job.of)


def job_word(state: LabelState, t: Strings) -> tuple[str, Tone]:
    """Say in a word where the job stands."""
    match state:
        case LabelState.MAYBE:
            return t.gettext("in doubt"), "warn"
        case LabelState.DEFERRED:
            return t.gettext("put off"), "warn"
        case LabelState.SENDING | LabelState.AWAITING_PROOF:
            return t.gettext("printing"), "plain"
        case LabelState.PRINTED | LabelState.TAKEN:
            return t.gettext("printed"), "good"
        case _:
            return t.gettext("waiting"), "plain"


def job_sentence(job: QueuedJob, t: Strings) -> str:
    """Say what that means, and what to do."""
    match job.state:
        case LabelState.MAYBE:
            return t.gettext("The printer did not say whether it came out. Please look, or scan the fresh label.")
        case LabelState.DEFERRED:
            return t.gettext("It could not be printed when it was due. Send it when the printer is ready.")
        case LabelState.SENDING | LabelState.AWAITING_PROOF:
            return t.gettext("It is on its way to the printer.")
        case _:
            return t.gettext("It waits for its turn, or for the printer.")


def level_for_staff(level: Level, t: Strings) -> str:
    """Say what a registration's level means to who stands beside the shopper, and what to tell them."""
    words = {
        Level.CONTESTED: t.gettext(
            "Another card has the package too. Tell the shopper that nothing is lost: a person decides."
        ),
        Level.REFUSED: t.gettext("The photoservice did not take it. Look at Parked: it says why, and what helps."),
        Level.WAITING: t.gettext(
            "The maker's list is not here yet. The labels print when the receipt is scanned later."
        ),
        Level.HELD: t.gettext("It counts as soon as this package is paid for at the till."),
    }
    return words.get(level) or level_sentence(level, t)


def printer_word(printer: Printer, t: Strings) -> tuple[str, Tone]:
    """Say in a word or two how a printer is; silence is no good news and no bad."""
    words: dict[Printer, tuple[str, Tone]] = {
        Printer.READY: (t.gettext("ready"), "good"),
        Printer.NEAR_END: (t.gettext("paper nearly out"), "warn"),
        Printer.PAPER_OUT: (t.gettext("no paper"), "bad"),
        Printer.COVER_OPEN: (t.gettext("cover open"), "bad"),
        Printer.ERROR: (t.gettext("jam or fault"), "bad"),
        Printer.OFFLINE: (t.gettext("no answer"), "bad"),
        Printer.UNKNOWN: (t.gettext("not heard of yet"), "plain"),
        Printer.PAUSED: (t.gettext("paused by staff"), "warn"),
    }
    return words[printer]


def reason_words(reason: Reason, t: Strings) -> str:
    """Say a reason as staff would."""
    words: dict[Reason, str] = {
        "lost": t.gettext("It is lost"),
        "damaged": t.gettext("It is damaged or unreadable"),
        "printer": t.gettext("The printer spoiled it"),
        "paper": t.gettext("The paper ran out"),
        "mistake": t.gettext("It was a mistake"),
        "other_card": t.gettext("It belongs to another card"),
        "returned": t.gettext("The film was given back"),
        "dealt_with": t.gettext("It has been dealt with"),
        "not_needed": t.gettext("It is not needed any more"),
        "other": t.gettext("Another reason"),
    }
    return words[reason]


def deed_words(deed: Deed, t: Strings) -> tuple[str, str]:
    """Say what is about to be done, as a question for the reason, and what it will make void."""
    words: dict[Deed, tuple[str, str]] = {
        "labels_again": (
            t.gettext("Why are the labels printed again?"),
            t.gettext("All roll labels of this registration are printed again. The old ones become void."),
        ),
        "receipt_again": (
            t.gettext("Why is the receipt printed again?"),
            t.gettext("A new receipt prints with a new access code. The old receipt's code is void."),
        ),
        "void": (
            t.gettext("Why is this registration voided?"),
            t.gettext("The package is free again. Its labels, its receipt and its access code are void."),
        ),
        "presale_again": (
            t.gettext("Why are the labels printed again?"),
            t.gettext("New labels come with new claim codes; the old labels and codes are void."),
        ),
        "withdraw": (
            t.gettext("Why is this package taken back?"),
            t.gettext("Its numbers, labels and claim codes are no longer valid."),
        ),
        "close_parked": (
            t.gettext("Why is this closed?"),
            t.gettext("It leaves this list. What happened stays on record, with your reason."),
        ),
    }
    more: dict[Deed, tuple[str, str]] = {
        "restart_waiting": (
            t.gettext("Why do they print now?"),
            t.gettext("Every label that was put off goes to the printer. Nothing prints twice."),
        ),
        "restart_all": (
            t.gettext("Why do they all print now?"),
            t.gettext("What was put off prints. What is in doubt prints again: the doubtful labels become void."),
        ),
    }
    return words.get(deed) or more[deed]


def who_can(duty: Duty, t: Strings) -> str:
    """Say who may do what the one who is signed in may not."""
    match who_may(duty):
        case ("manager",):
            return t.gettext("A manager can do this.")
        case ("manager", "installer"):
            return t.gettext("A manager or an installer can do this.")
        case _:
            return t.gettext("A cashier or a manager can do this.")
