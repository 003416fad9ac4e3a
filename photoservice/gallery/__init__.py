"""Looking at images: who may see what, lists and search, bytes by range, and the contact sheet of a registration."""
