"""Printers: what a model can do, its bytes, what it says back, and the session that owns the line."""
