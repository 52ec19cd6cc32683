"""A Django project in one file that receives webhooks, for WSGI and ASGI servers."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.management.utils import get_random_secret_key
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

from webhook_verify import Delivery
from webhook_verify.adapters.django import webhook

settings.configure(
    ROOT_URLCONF=__name__,
    SECRET_KEY=get_random_secret_key(),
    ALLOWED_HOSTS=["*"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware"],
    WEBHOOK_VERIFY={"default": {"secrets": [os.environ["WEBHOOK_SECRET"]]}},
)


def handle(delivery: Delivery) -> int:
    print(delivery.id, delivery.event_type)
    return 200


@webhook("default")
def svix(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    return HttpResponse(status=handle(delivery))


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("", home), path("webhooks/svix", svix)]
application, asgi = get_wsgi_application(), get_asgi_application()
