"""``twincheck till``: the bridge between the store's tills and Twincheck."""

import argparse


def command(arguments: list[str]) -> int:
    """Run one verb of ``twincheck till`` and return the exit code."""
    parser = argparse.ArgumentParser(prog="twincheck till", description=__doc__)
    parser.parse_args(arguments)
    parser.print_help()
    return 0
