"""A view that holds nothing of simplejwt's itself, and leaves the work to another module."""

from django.http import JsonResponse
from django.utils.functional import SimpleLazyObject

from tests.support.stacks import services
from tests.support.stacks.logins import log_in


def never():
    raise AssertionError("A check has loaded what a lazy object stands for.")


lazy = SimpleLazyObject(never)


def login(request):
    return JsonResponse(services.answer(log_in(request)))
