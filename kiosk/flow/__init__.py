"""The kiosk's flow: pure ``step(state, event) -> (state, effects)``; no Kivy, no clock, no desk."""
