"""One module a scenario, with its innocent twin; labkit.registry loads them all."""
