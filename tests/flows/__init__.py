"""Proof for flows/: order, failure and what a run leaves behind."""
