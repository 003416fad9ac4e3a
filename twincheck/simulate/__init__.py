"""A world of stores in one process: production code on virtual time, with faults at will (docs/reliability.md)."""
