"""The demo: a whole counter on one machine, with a real photoservice and virtual devices."""
