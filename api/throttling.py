"""How often one may knock. Only what is open to visitors and costs a letter or a guess is counted."""

from django.conf import settings
from rest_framework.throttling import SimpleRateThrottle


class Sparingly(SimpleRateThrottle):
    """By address, for POST: a person never meets it, a program that guesses codes does at once."""

    scope = "sparingly"

    def get_rate(self):
        return settings.API_SPARINGLY

    def allow_request(self, request, view):
        return request.method != "POST" or super().allow_request(request, view)

    def get_cache_key(self, request, view):
        return self.cache_format % {"scope": f"{self.scope}:{type(view).__name__}", "ident": self.get_ident(request)}
