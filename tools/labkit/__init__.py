"""The lab: real programs over network namespaces, a middlebox that interferes, and the truth of it."""
