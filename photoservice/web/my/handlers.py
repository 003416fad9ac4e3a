"""Every route of ``my``, in one tuple for the application."""

from typing import Final

from litestar.types import ControllerRouterHandler

from photoservice.web.my import (
    account_routes,
    download_routes,
    edit_bytes_routes,
    edit_copy_routes,
    edit_routes,
    group_routes,
    guest_bytes,
    guest_routes,
    home_routes,
    image_routes,
    join_routes,
    leaving_routes,
    notice_routes,
    put_routes,
    roll_routes,
    security_routes,
    select_routes,
    share_routes,
    signin_routes,
    signup_routes,
)

HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (
    *signin_routes.HANDLERS,
    *signup_routes.HANDLERS,
    *join_routes.HANDLERS,
    *security_routes.HANDLERS,
    *home_routes.HANDLERS,
    *roll_routes.HANDLERS,
    *image_routes.HANDLERS,
    *edit_routes.HANDLERS,
    *edit_bytes_routes.HANDLERS,
    *edit_copy_routes.HANDLERS,
    *select_routes.HANDLERS,
    *group_routes.HANDLERS,
    *share_routes.HANDLERS,
    *guest_routes.HANDLERS,
    *guest_bytes.HANDLERS,
    *put_routes.HANDLERS,
    *download_routes.HANDLERS,
    *notice_routes.HANDLERS,
    *account_routes.HANDLERS,
    *leaving_routes.HANDLERS,
)
