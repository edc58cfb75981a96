"""Measurements against the goals of speed: each module offers `measure() -> list[Row]`; `python -m tests.bench [module …]` runs them."""
