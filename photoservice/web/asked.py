"""The two things nearly every handler asks for."""

from typing import Any

from litestar import Request
from litestar.di import NamedDependency

from photoservice.service import Photoservice

AnyRequest = Request[Any, Any, Any]
Service = NamedDependency[Photoservice]
