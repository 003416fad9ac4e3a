"""bridge.db: what came in, what was seen, what a manager ruled, what was made of it, and what the station was told."""
