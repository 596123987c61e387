"""Wrappers of real programs: how each is started, when it is ready, and what it said."""
