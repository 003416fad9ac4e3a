"""Taking events in from stations (DESIGN 5E): examine (pure), judge (pure), apply (SQL), receive (one transaction)."""
