"""What lifetracer runs on: migrations, and stand-ins for the outside services."""
