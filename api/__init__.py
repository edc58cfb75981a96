"""The program's door: one file per noun, with its views and their shapes. The contract is API version 1."""
