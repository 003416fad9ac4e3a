"""Edits of people's pictures: every version kept, previews made on the way and thrown away again."""
