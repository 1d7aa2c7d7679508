"""`python -m kweek` is `kweek`."""

import sys

from kweek.cli import main

sys.exit(main())
