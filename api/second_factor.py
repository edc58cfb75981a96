"""What needs a second factor in the site needs it through the site's session here as well. A bearer token stands for itself."""

from alliance.policy import require
from members.policies.second_factor import second_factor_in


def require_second_factor(request) -> None:
    """Go on, or raise Forbidden for a session of the site in which no second factor was used."""
    if request.user.is_authenticated and request.auth != "bearer":
        require(second_factor_in(request.session, request.user))
