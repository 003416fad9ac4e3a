"""The house's front door: the command line, the demo and the doctor. The only room that sees all programs."""
