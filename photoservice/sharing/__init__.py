"""Shares: what others may see and do of somebody's pictures, by an address or as a person (O16)."""
