"""The person's door: one file per noun, with forms and templates beside it."""
