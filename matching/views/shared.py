"""What the pages of matching share."""

from __future__ import annotations

from uuid import UUID

from django.shortcuts import get_object_or_404

from accounts.requests import AuthenticatedHttpRequest
from common.http import require
from programs.models import Program


def managed_program(
    request: AuthenticatedHttpRequest, public_id: UUID, permission: str = ""
) -> Program:
    """A program that the person runs: 404 for everybody else, 403 without the permission."""
    programs = Program.objects.managed_by(request.user)
    program: Program = get_object_or_404(programs, public_id=public_id)
    if permission:
        require(request.user, permission, program)
    return program
