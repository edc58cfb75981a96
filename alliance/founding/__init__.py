"""How a network begins: a real, empty one, or the demonstration network."""
