"""The letters of sign-in, in our words: a code, or the news that something about the account has changed."""

from django.utils.translation import gettext_lazy as _

# What allauth calls a letter → its subject and its sentence.
CODES = {
    "login_code": (_("Your code to sign in"), _("To sign in, please type this code in the page that is open:")),
    "password_reset_code": (
        _("Your code for a new password"),
        _("To choose a new password, please type this code in the page that is open:"),
    ),
    "email_confirmation": (
        _("Your code for this address"),
        _("To confirm that this address is yours, please type this code in the page that is open:"),
    ),
}
CHANGES = {
    "email_changed": (_("The address of your account has changed"), _("Your account has another e-mail address now.")),
    "email_confirm": (_("The address of your account is confirmed"), _("The e-mail address of your account is confirmed.")),
    "email_deleted": (_("An address was taken off your account"), _("An e-mail address was taken off your account.")),
    "password_changed": (_("Your password has changed"), _("The password of your account has changed.")),
    "password_reset": (_("Your password has changed"), _("The password of your account was replaced by a new one.")),
    "password_set": (_("Your account has a password"), _("Your account has a password now.")),
    "recovery_codes_generated": (
        _("You have new recovery codes"),
        _("New recovery codes were made for your account. The old ones no longer work."),
    ),
    "totp_activated": (_("An authenticator app was set up"), _("Your account has an authenticator app as second factor now.")),
    "totp_deactivated": (
        _("The authenticator app was taken off"),
        _("The authenticator app was taken off your account. It is no longer a second factor."),
    ),
    "webauthn_added": (_("A passkey was added"), _("Your account has a new passkey.")),
    "webauthn_removed": (_("A passkey was taken off"), _("A passkey was taken off your account.")),
}
OTHERS = {
    "unknown_account": _("There is no account for this address"),
    "account_already_exists": _("This address has an account already"),
}


def letter(prefix: str) -> tuple[str, dict]:
    """The template and the words of the letter that allauth names by `prefix`, such as "account/email/login_code"."""
    name = prefix.rsplit("/", 1)[-1]
    if name == "email_confirmation_signup":
        name = "email_confirmation"
    for template, words in (("account_code", CODES), ("account_changed", CHANGES)):
        if name in words:
            subject, sentence = words[name]
            return f"letters/{template}.txt", {"subject": subject, "sentence": sentence}
    return f"letters/{name}.txt", {"subject": OTHERS[name]}
