"""Proof for the room of what lifetracer runs on."""
