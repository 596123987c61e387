"""Builds small capture files from protocol encoders; shares nothing with deadair's dissectors."""
