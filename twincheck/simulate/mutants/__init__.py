"""Faults planted into production code, to see that the simulation finds each (docs/mutants.md)."""
