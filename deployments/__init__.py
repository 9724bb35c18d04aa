"""How a run gets started: the command line, local servers, and what prefect.yaml needs."""
