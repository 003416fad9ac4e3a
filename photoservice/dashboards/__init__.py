"""Counts by the hour, and the plots they are drawn as."""
