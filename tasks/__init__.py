"""How each outside system is spoken to: one file per system, none of them knows the flows."""

import logging

# Prefect sends this logger's lines to its UI (extra_loggers in pyproject.toml) but leaves its level as it finds it.
logging.getLogger(__name__).setLevel(logging.INFO)
