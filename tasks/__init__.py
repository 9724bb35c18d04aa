"""How each outside system is spoken to: one file per system, none of them knows the flows."""
