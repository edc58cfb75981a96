from .accounts import User, called
from .applications import Application
from .cities import Affiliation, City
from .keys import SignInLink, Ticket, Token
from .letters import Letter
from .network import Network
from .notices import Notice
from .officials import Official

__all__ = [
    "Affiliation",
    "Application",
    "City",
    "Letter",
    "Network",
    "Notice",
    "Official",
    "SignInLink",
    "Ticket",
    "Token",
    "User",
    "called",
]
