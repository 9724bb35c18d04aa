"""What runs: one file per flow family, each reads like a table of contents."""
