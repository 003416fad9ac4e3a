"""The people who run the service: who they are, what they may, and the chained book of all they do."""
