"""Looking at images: who may, rolls and frames, search, and what is served."""
