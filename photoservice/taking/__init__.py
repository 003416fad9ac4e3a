"""Taking pictures along: one file, or many in a zip that is made while it is sent."""
