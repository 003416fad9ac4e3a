"""Codes in pictures: packages with the rolls still inside, labels, and the edges of developed film strips."""
