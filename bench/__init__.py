"""Measurements against limits and peers; never asserted in tests. `make bench` runs them all."""
