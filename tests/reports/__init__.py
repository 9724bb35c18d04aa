"""Tests of what the page looks like, and the days they are made of."""
