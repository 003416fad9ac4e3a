"""``python -m twincheck``: the same as the ``twincheck`` command."""

import sys

from twincheck.cli import main

sys.exit(main())
