from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance import clock
from alliance.languages.tongues import TONGUES


class Accounts(BaseUserManager):
    """Accounts are known by their address, in lower case."""

    def create_user(self, email: str, password: str | None = None, **facts) -> "User":
        user = self.model(email=email.strip().lower(), **facts)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **facts) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **facts)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. Mandates say for which city; `staff_role` says what they are to the network itself.

    Who holds an office may go without a `label`: the office then names them, to each reader in the reader's language.
    """

    class Staff(models.TextChoices):
        NONE = "", _("no office")
        SECRETARIAT = "secretariat", _("secretariat")
        MODERATOR = "moderator", _("moderator")

    email = models.EmailField(_("e-mail address"), unique=True)
    label = models.CharField(_("name shown"), max_length=120, blank=True)
    language = models.CharField(max_length=8, choices=TONGUES, default="en")
    staff_role = models.CharField(max_length=16, choices=Staff.choices, default=Staff.NONE, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=clock.now)

    objects = Accounts()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    def __str__(self):
        return self.called or self.email

    @property
    def called(self) -> str:
        """What others see of this person."""
        return called(self.label, self.staff_role)


OFFICES = {"secretariat": _("Secretariat"), "moderator": _("Moderation")}


def called(label: str, staff_role: str) -> str:
    """What others see of a person: the name they chose or, without one, their office in the language that is spoken now."""
    return label or str(OFFICES.get(staff_role, ""))
