"""A second opinion on the time rules: the figures of a life, worked out in plain Python without a thought for speed."""
