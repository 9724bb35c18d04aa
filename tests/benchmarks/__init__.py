"""Programs that measure, on this machine and at this moment; they print figures and assert nothing."""
