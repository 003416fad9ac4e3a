"""Plans (O2-O4, O7, O14, O15, O21; DESIGN 5G): what came is counted toward them, and each crossing makes one order."""
