"""What happens among the members."""

from dataclasses import dataclass

from alliance.ledger.events import Event


@dataclass(frozen=True, kw_only=True)
class ApplicationEvent(Event):
    """Something happened to an application."""

    application_id: int

    @property
    def subject(self) -> str:
        return f"application:{self.application_id}"


@dataclass(frozen=True, kw_only=True)
class ApplicationReceived(ApplicationEvent):
    """A city asked to join; its contact has to confirm with a code. `code` reaches the letter only, never the ledger."""

    name = "application.received"
    place: int


@dataclass(frozen=True, kw_only=True)
class ApplicationConfirmed(ApplicationEvent):
    """The contact proved the address: the secretariat may decide."""

    name = "application.confirmed"


@dataclass(frozen=True, kw_only=True)
class ApplicationReturned(ApplicationEvent):
    """The secretariat asked the city to complete its application."""

    name = "application.returned"
    reason: str


@dataclass(frozen=True, kw_only=True)
class ApplicationAmended(ApplicationEvent):
    """The city completed an application that had come back to it."""

    name = "application.amended"


@dataclass(frozen=True, kw_only=True)
class ApplicationRefused(ApplicationEvent):
    """The secretariat refused an application, with its reason."""

    name = "application.refused"
    reason: str


@dataclass(frozen=True, kw_only=True)
class ApplicationAdmitted(ApplicationEvent):
    """The secretariat admitted the city."""

    name = "application.admitted"
    city_id: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class CityEvent(Event):
    """Something happened to a city."""

    city_id: int

    @property
    def subject(self) -> str:
        return f"city:{self.city_id}"


@dataclass(frozen=True, kw_only=True)
class CityAdmitted(CityEvent):
    """A city is a member from now on."""

    name = "city.admitted"


@dataclass(frozen=True, kw_only=True)
class CityDescribed(CityEvent):
    """A city changed what its page says, in one language."""

    name = "city.described"
    language: str


@dataclass(frozen=True, kw_only=True)
class CityFactsChanged(CityEvent):
    """A city said anew what holds in every language: `changed` names its site, working languages, or other networks."""

    name = "city.facts_changed"
    changed: list[str]


@dataclass(frozen=True, kw_only=True)
class CityStateChanged(CityEvent):
    """A city was put on hold, taken up again, withdrew or was excluded."""

    name = "city.state_changed"
    before: str
    after: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class OfficialEvent(Event):
    """Something happened to a mandate."""

    official_id: int
    city_id: int

    @property
    def subject(self) -> str:
        return f"official:{self.official_id}"


@dataclass(frozen=True, kw_only=True)
class OfficialInvited(OfficialEvent):
    """A city invited a person to act for it."""

    name = "official.invited"
    role: str


@dataclass(frozen=True, kw_only=True)
class MandateBegan(OfficialEvent):
    """A person accepted a mandate."""

    name = "official.began"
    user_id: int
    role: str


@dataclass(frozen=True, kw_only=True)
class MandateEnded(OfficialEvent):
    """A mandate ended."""

    name = "official.ended"
    user_id: int | None


@dataclass(frozen=True, kw_only=True)
class AccountEvent(Event):
    """Something happened to an account."""

    user_id: int

    @property
    def subject(self) -> str:
        return f"account:{self.user_id}"


@dataclass(frozen=True, kw_only=True)
class AccountOpened(AccountEvent):
    """A person has an account from now on."""

    name = "account.opened"


@dataclass(frozen=True, kw_only=True)
class AccountDeactivated(AccountEvent):
    """An account was closed: its sessions, tokens and sockets end."""

    name = "account.deactivated"
    reason: str


@dataclass(frozen=True, kw_only=True)
class AccountReactivated(AccountEvent):
    """A closed account was opened again."""

    name = "account.reactivated"


@dataclass(frozen=True, kw_only=True)
class SignInLinkMade(AccountEvent):
    """The operator made a spare key for this person."""

    name = "account.sign_in_link_made"


@dataclass(frozen=True, kw_only=True)
class SignInLinkUsed(AccountEvent):
    """A spare key was used."""

    name = "account.sign_in_link_used"


@dataclass(frozen=True, kw_only=True)
class TokenIssued(AccountEvent):
    """A program may act for this person from now on."""

    name = "account.token_issued"
    token_id: int


@dataclass(frozen=True, kw_only=True)
class TokenRevoked(AccountEvent):
    """A program may no longer act for this person."""

    name = "account.token_revoked"
    token_id: int


@dataclass(frozen=True, kw_only=True)
class AccountDescribed(AccountEvent):
    """A person changed how they are named or the language they read."""

    name = "account.described"
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class NetworkFounded(Event):
    """The network was founded."""

    name = "network.founded"
    demonstration: bool

    @property
    def subject(self) -> str:
        return "network:1"


@dataclass(frozen=True, kw_only=True)
class StaffSeated(AccountEvent):
    """A person was given an office of the network."""

    name = "account.staff_seated"
    role: str
