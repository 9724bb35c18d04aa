"""Proof for tasks/: what each outside system is asked and what becomes of its answers."""
