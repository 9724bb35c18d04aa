"""What lifetracer runs on: migrations, local stand-ins, and later images and provisioning."""
