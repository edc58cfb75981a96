"""A scripted day on real servers, while each of them is frozen, killed and restored, and our own processes are killed with -9."""
