"""The widgets: they draw a :class:`kiosk.view.Screen` and report touches. Nothing here decides anything."""
