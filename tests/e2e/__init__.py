"""Proof that the rooms work together, as a user meets them."""
