"""A package that more than one card has: what is known of each claim, and what staff can do. No names, no cards."""

from kiosk.flow.staff_values import Contested, Rival
from kiosk.flow.states import State
from kiosk.flow.tool_pages import ContestedShown
from kiosk.view.collecting import spaced
from kiosk.view.screen import Button, Chip, Entry, Row, Screen, Strings
from kiosk.view.staff import back_button
from kiosk.view.staff_words import ago
from kiosk.view.words import notice_of


def view_contested(state: State, page: ContestedShown, t: Strings) -> Screen:
    """Show the claims on one package as evidence, each with where, when and what proves it."""
    del state
    contested = page.contested
    entries = [_rival(rival, t) for rival in contested.rivals] or [_no_evidence(t)]
    entries.append(
        Entry(
            icon="search",
            title=t.gettext("Look at its registration"),
            detail=contested.number,
            button=Button(id="open", text=t.gettext("Look at its registration"), icon="forward"),
        )
    )
    return Screen(
        name="contested_one",
        layout="list",
        title=t.gettext("Registered to more than one card"),
        guidance=t.gettext(
            "Tell the shopper that nothing is lost. Ask for the slip from under the security strip, or the till "
            "receipt: either proves it. Then the photoservice decides."
        ),
        chips=(Chip(text=t.gettext("Contested"), tone="warn", icon="help"),),
        notice=notice_of(page.note, t),
        rows=(
            Row(
                icon="camera_roll",
                title=t.gettext("Film package"),
                value=spaced(contested.item),
                is_code=True,
                detail=" · ".join(part for part in (contested.name, ago(contested.age_s, t)) if part),
                tone="plain",
            ),
        ),
        entries=tuple(entries),
        buttons=(back_button(t),),
    )


def contested_entry(contested: Contested, button: Button, t: Strings) -> Entry:
    """Return one contested package in a line."""
    count = len(contested.rivals)
    claims = t.ngettext("{n} claim", "{n} claims", count).format(n=count) if count else ""
    return Entry(
        icon="help",
        title=contested.number,
        is_code=True,
        detail=" · ".join(part for part in (contested.name, claims, ago(contested.age_s, t)) if part),
        word=t.gettext("Contested"),
        tone="warn",
        button=button,
    )


def _rival(rival: Rival, t: Strings) -> Entry:
    proofs = {
        "code": t.gettext("proven by the claim code"),
        "sale": t.gettext("proven by the sale"),
        "none": t.gettext("nothing proves it yet"),
    }
    return Entry(
        icon="store",
        title=t.gettext("This kiosk") if rival.is_ours else rival.station or t.gettext("Another place"),
        detail=ago(rival.age_s, t),
        word=proofs[rival.proof],
        tone="plain" if rival.proof == "none" else "good",
    )


def _no_evidence(t: Strings) -> Entry:
    return Entry(
        icon="help",
        title=t.gettext("The photoservice has not told more yet"),
        detail=t.gettext("It knows of another claim on this package."),
    )
