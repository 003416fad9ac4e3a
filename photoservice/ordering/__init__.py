"""Orders: made once for what they were made for, changed while they may be, handed over once, and remembered."""
