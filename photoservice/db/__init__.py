"""PostgreSQL, and nothing else: one SQL dialect, real locks, no second path that production never runs (DESIGN 4.2)."""
