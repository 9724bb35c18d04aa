"""How a page that lies on the disk reaches its readers: a bucket, messages, mail, and what the run keeps of it."""
