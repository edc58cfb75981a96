"""The language of texts: which one a text was written in, what the others are worth, how words are folded for search."""
