"""The domain: what a package, a roll, a claim and an event are. Pure: no I/O, no clock, no randomness."""
