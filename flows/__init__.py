"""What runs: one file per flow family, each reads like a table of contents."""

import logging

# Prefect sends this logger's lines to its UI (extra_loggers in pyproject.toml) but leaves its level as it finds it.
logging.getLogger(__name__).setLevel(logging.INFO)
