"""Scanners, printers and the ports they hang on, with their virtual twins. Knows nothing of packages or customers."""
