"""Addresses of accounts: under /accounts/ and under /{lang}/."""

from django.urls import path

from . import second_factor, sign_in

accounts = [
    path("", sign_in.overview, name="account_overview"),
    path("2fa/totp/activate/", second_factor.Activation.as_view(), name="mfa_activate_totp"),
    path("2fa/webauthn/add/", second_factor.Addition.as_view(), name="mfa_add_webauthn"),
    path("link/<str:raw>/", sign_in.link, name="sign_in_link"),
    path("tokens/<int:pk>/end/", sign_in.token_ending, name="token_ending"),
    path("sessions/<int:pk>/end/", sign_in.ending, name="session_ending"),
]
site = [path("invitation/", sign_in.invitation, name="invitation")]
