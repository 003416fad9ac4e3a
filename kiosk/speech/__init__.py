"""The kiosk's voice: sentences in, sound out, on a thread of its own. Nothing in here knows a screen or a shopper.

:mod:`kiosk.view.spoken` says what is said; :class:`~kiosk.speech.narrator.Narrator` stands between the two.
"""
