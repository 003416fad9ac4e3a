"""Where rolls are: what labs and retailers tell, what follows from other facts, and what was expected but not seen."""
