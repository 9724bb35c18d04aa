"""Proof of what a user relies on, arranged as the rooms of the house."""
