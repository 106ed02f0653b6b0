"""The product's routes in Django."""

from __future__ import annotations

from typing import Any

from django.http import JsonResponse
from django.urls import path

from actas_guard import changes_something, personal_act
from tests.frameworks.products import told


async def case(_request: Any, number: int) -> JsonResponse:
    return JsonResponse(told())


def reply(_request: Any, number: int) -> JsonResponse:
    return JsonResponse(told())


@personal_act
def terms(_request: Any) -> JsonResponse:
    return JsonResponse(told())


@changes_something
def seen(_request: Any) -> JsonResponse:
    return JsonResponse(told())


urlpatterns = [
    path("cases/<int:number>", case),
    path("cases/<int:number>/reply", reply),
    path("terms", terms),
    path("seen", seen),
]
