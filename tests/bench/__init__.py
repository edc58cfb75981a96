"""Measurements against the goals of speed. Each module offers `measure() -> list[Row]`; `python -m tests.bench` runs them."""
