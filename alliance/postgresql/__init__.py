"""Django's PostgreSQL, whose waits heed the pulse: what DATABASES names as its ENGINE."""
