"""What ``serve`` is told of the ways messages go out by."""

import argparse
from collections.abc import Mapping
from dataclasses import replace

from photoservice.settings import (
    MAIL_FROM_VARIABLE,
    MAIL_PASSWORD_VARIABLE,
    MAIL_VARIABLE,
    PUSH_VARIABLE,
    SMS_VARIABLE,
    Settings,
)


def add_mail(parser: argparse.ArgumentParser) -> None:
    """Let a verb be told where mail goes."""
    parser.add_argument(
        "--mail", metavar="URL", help=f"smtp://user@host, smtps://..., folder:PATH (${MAIL_VARIABLE}; no mail without)"
    )
    parser.add_argument("--mail-from", metavar="WHO", help=f"'Name <address>' mails come from (${MAIL_FROM_VARIABLE})")


def with_mail(settings: Settings, options: argparse.Namespace, environ: Mapping[str, str]) -> Settings:
    """Return ``settings`` with the ways out that the command line and the environment name."""
    return replace(
        settings,
        mail=options.mail or environ.get(MAIL_VARIABLE) or None,
        mail_from=options.mail_from or environ.get(MAIL_FROM_VARIABLE, ""),
        mail_password=environ.get(MAIL_PASSWORD_VARIABLE, ""),
        sms=environ.get(SMS_VARIABLE) or None,
        push=environ.get(PUSH_VARIABLE) or None,
    )
