"""Whole calls: what each application sends from set-up to hang-up, and what a path makes of it."""
