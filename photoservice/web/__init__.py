"""The door: HTTP in, use cases by name, answers and problems out. No rule is decided here."""
