from .editions import Article, Edition
from .signatures import Deliberation, RegisterEntry, Signature

__all__ = ["Article", "Deliberation", "Edition", "RegisterEntry", "Signature"]
