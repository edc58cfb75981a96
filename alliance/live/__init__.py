"""Who is in which room in this process, and one frame for all."""
