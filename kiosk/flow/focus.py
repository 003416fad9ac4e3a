"""The keypad's focus, and speech: who listens or cannot touch begins here, and a touch takes the mark away again.

Where a key leads is found from the screen's parts (:mod:`kiosk.view.keying`), which the flow does not know; here stands
what that changes. Speech begins with a headset, with the first key where the store lets the kiosk speak aloud, by the
key that says it again, or in the menu; it ends with the headset, or in the menu.
"""

from dataclasses import replace

from kiosk.flow.access import HEADING, LOUDEST, NOTHING, Access
from kiosk.flow.events import Focused, JackSaid, Keyed, Spoke, Touched, VoiceReady
from kiosk.flow.states import State
from kiosk.flow.values import Station


def fresh_access(station: Station) -> Access:
    """Return what a session begins with: all is reset, but who has the headset on is not left in silence."""
    return begin_speech(NOTHING) if station.is_jack_in and station.can_speak else NOTHING


def begin_speech(access: Access) -> Access:
    """Let the screen be spoken, from its heading on, with a word on the keys first."""
    return replace(access, speaks=True, greets=True, focus=HEADING)


def end_speech(access: Access) -> Access:
    """Be silent."""
    return replace(access, speaks=False, greets=False)


Attended = VoiceReady | JackSaid | Keyed | Focused | Touched | Spoke
"""What is the same on every page."""


def attend(state: State, event: Attended) -> State:
    """Take what concerns how this person uses the kiosk, and not what for."""
    match event:
        case VoiceReady(voice=voice):
            return _hear(replace(state, station=replace(state.station, voice=voice)))
        case JackSaid(is_in=is_in):
            return _hear(replace(state, station=replace(state.station, is_jack_in=is_in)), is_out=not is_in)
        case Keyed() | Focused():
            return _key(state, event)
        case Touched():
            return _put_away(state)
        case Spoke():
            return state


def _hear(state: State, *, is_out: bool = False) -> State:
    """Begin to speak with the headset, end with it; the session goes on in either case."""
    access, station = state.access, state.station
    if station.is_jack_in and station.can_speak and not access.speaks:
        return replace(state, access=begin_speech(access), active_at=state.now)
    if access.speaks and (is_out or not station.can_speak):
        return replace(state, access=end_speech(access))
    return state


def _key(state: State, event: Keyed | Focused) -> State:
    """Move the focus, or do what the keys do that are the same on every page."""
    access, station = state.access, state.station
    if not access.focus and not access.speaks and station.voice == "always":
        return replace(state, access=begin_speech(access))
    match event:
        case Focused(part=part):
            access = replace(access, focus=part)
        case Keyed(key="volume"):
            access = replace(access, volume=access.volume % LOUDEST + 1)
        case Keyed(key="repeat") if station.can_speak and not access.speaks:
            access = begin_speech(access)
        case Keyed(key="repeat"):
            access = replace(access, asked_again=access.asked_again + 1)
        case _:
            pass
    return replace(state, access=access)


def _put_away(state: State) -> State:
    """Take the mark of the focus away at a touch; who listens keeps the place, for a sleeve touches the glass too."""
    if state.access.speaks or not state.access.focus:
        return state
    return replace(state, access=replace(state.access, focus="", beneath=""))
