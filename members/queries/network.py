from ..models import Network


def network() -> Network | None:
    """The network, once it is founded."""
    return Network.objects.filter(pk=1).first()


def is_demonstration() -> bool:
    """Whether this is the demonstration network: every page and certificate then says so."""
    return Network.objects.filter(pk=1, demonstration=True).exists()
