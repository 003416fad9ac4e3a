"""The number of a row of a paper list, as it is printed beside the row."""


def row_number(row: str) -> str:
    """Return the row's two digits: they stand before the check symbol of its code."""
    return row[-3:-1]
