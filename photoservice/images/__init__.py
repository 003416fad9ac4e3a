"""How pictures come in: room promised, bytes spooled, a whole file filed at its roll and frame, rivals told."""
