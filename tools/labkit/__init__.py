"""The lab: real programs over network namespaces, a middlebox that interferes on request, and the truth of what it did."""
