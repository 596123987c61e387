"""Traffic of the applications, as their public captures show it."""
