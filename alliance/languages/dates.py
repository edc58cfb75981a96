"""Dates as a language writes them: CLDR's forms, and what CLDR leaves out."""

from datetime import date, datetime

from babel.dates import format_date, format_datetime


def long_day(day: date | datetime, language: str) -> str:
    """A date in full: 2 November 2026."""
    return _first(format_date(day, "long", locale=language), language)


def day_and_hour(at: datetime, comma: str, language: str) -> str:
    """A day and an hour, in UTC: 2 Nov 2026, 14:05 UTC. Whose hour it is has to be said among cities of all continents."""
    return _first(format_datetime(at, f"d MMM y{comma}HH:mm", locale=language), language) + "\u00a0UTC"


def _first(text: str, language: str) -> str:
    """French counts the first of a month: 1er octobre."""
    return f"1er{text[1:]}" if language == "fr" and text.startswith("1 ") else text
