"""How a run gets started: the command line, pools and deployments."""
