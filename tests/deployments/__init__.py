"""Proof for deployments/: the command line, the server, prefect.yaml."""
