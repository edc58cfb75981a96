"""Files of strangers: what they are by their content, what stands in them, and whether a virus scanner objects.

Nothing here knows the database or the network; a refusal is raised, a fault found later is named by its reason.
"""
