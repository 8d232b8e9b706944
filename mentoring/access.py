"""Who may open the pages about a program that join several apps."""

from __future__ import annotations

from uuid import UUID

from django.shortcuts import get_object_or_404

from accounts.requests import AuthenticatedHttpRequest
from programs.models import Program


def program_or_404(request: AuthenticatedHttpRequest, public_id: UUID) -> Program:
    """The program, for those who run it. 404 for everybody else."""
    return get_object_or_404(Program.objects.managed_by(request.user), public_id=public_id)
