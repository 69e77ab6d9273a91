"""The shop's own pages, its API, and a sitemap of what can be browsed."""
from django.apps import apps
from django.contrib import admin
from django.contrib.sitemaps import Sitemap, views
from django.urls import include, path
from oscar.core.loading import get_model


class Costumes(Sitemap):
    protocol = "http"

    def __init__(self, host):
        self.host = host

    def get_domain(self, site=None):
        return self.host

    def items(self):
        return get_model("catalogue", "Product").objects.browsable().order_by("id")


def sitemap(request):
    """Names the pages by the host it was asked for: the tests' ports are not known when the shop is filled."""
    return views.sitemap(request, {"costumes": Costumes(request.get_host())})


urlpatterns = [
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/", include("oscarapi.urls")),
    path("sitemap.xml", sitemap),
    path("", include(apps.get_app_config("oscar").urls[0])),
]
