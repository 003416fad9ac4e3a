"""Orders (O10, O15, O20): made once for each reason, changed while they may be, handed over once."""
