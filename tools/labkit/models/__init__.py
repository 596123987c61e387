"""Models: clients, relays and chat servers of ours that speak what applications speak that cannot run here."""
