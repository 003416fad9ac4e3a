"""``twincheck photoservice seed-demo``: an empty service filled with people, rolls, pictures and orders to look at."""
