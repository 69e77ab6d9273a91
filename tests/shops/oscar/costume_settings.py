"""A costume shop: django-oscar and its API, SQLite, nothing but PyPI packages. The data folder comes from COSTUMES."""
import os
from pathlib import Path

from oscar.defaults import *  # noqa: F401,F403  (Oscar's own way of being configured)

DATA = Path(os.environ["COSTUMES"])
SECRET_KEY = "only for tests on loopback"
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "costume_urls"
SITE_ID = 1
USE_TZ = True
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA / "shop.sqlite", "OPTIONS": {"timeout": 20}}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.whoosh_backend.WhooshEngine", "PATH": str(DATA / "index")}}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
STATIC_URL, MEDIA_URL = "/static/", "/media/"
STATIC_ROOT, MEDIA_ROOT = str(DATA / "static"), str(DATA / "media")
OSCAR_SHOP_NAME = "Costumes for the party"
OSCAR_DEFAULT_CURRENCY = "EUR"
OSCAR_ALLOW_ANON_CHECKOUT = True

DASHBOARD = "reports users orders catalogue offers partners pages ranges reviews vouchers communications shipping"
OSCAR_APPS = """analytics checkout address shipping catalogue catalogue.reviews communication partner basket payment
    offer order customer search voucher wishlists dashboard"""


def app(dotted):
    """`catalogue.reviews` → `oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig`."""
    name = "".join(part.title() for part in dotted.split("."))
    nested = dotted.split(".")
    if nested[0] == "dashboard" and len(nested) == 2:
        name = f"{nested[1].title()}Dashboard"
    return f"oscar.apps.{dotted}.apps.{name}Config"


INSTALLED_APPS = [
    *(f"django.contrib.{name}" for name in "admin auth contenttypes sessions messages staticfiles sites flatpages sitemaps".split()),
    "oscar.config.Shop",
    *(app(name) for name in OSCAR_APPS.split()),
    *(app(f"dashboard.{name}") for name in DASHBOARD.split()),
    *"rest_framework oscarapi widget_tweaks haystack treebeard sorl.thumbnail django_tables2".split(),
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "oscarapi.middleware.ApiBasketMiddleWare",
    "oscar.apps.basket.middleware.BasketMiddleware",
]
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        *(f"django.template.context_processors.{name}" for name in "request i18n media static".split()),
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
        "oscar.apps.search.context_processors.search_form",
        "oscar.apps.communication.notifications.context_processors.notifications",
        "oscar.apps.checkout.context_processors.checkout",
        "oscar.core.context_processors.metadata",
    ]},
}]
AUTHENTICATION_BACKENDS = ["oscar.apps.customer.auth_backends.EmailBackend", "django.contrib.auth.backends.ModelBackend"]
