"""The memory of the alliance: what happened, to what, by whom; and who is told."""
