"""Test vectors for guards in any language: `python -m tools.vectors` writes guard/vectors.

Nothing here asks the guard what it would say: the verdicts are written by hand from the rules in docs/integrate.md, and
tests/guard/test_vectors.py holds the guard against them.
"""
