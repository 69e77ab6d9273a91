"""Fills a sweet shop (run in the project's folder). Prints one JSON object, SKU → path of its page and quantity."""
import json
import os
import sys

sys.path.insert(0, os.getcwd())
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
import django

django.setup()
from cartridge.shop.models import Category, Product, ProductOption, ProductVariation
from django.core.management import call_command
from mezzanine.core.models import CONTENT_STATUS_PUBLISHED
from mezzanine.pages.models import RichTextPage

call_command("loaddata", "cartridge_required", verbosity=0)
shelf = Category.objects.create(title="Sweets")


def put(title, variations, available=True, price="4.20", text=""):
    """`variations`: SKU → (size or None, quantity or None)."""
    product = Product.objects.create(
        title=title, available=available, status=CONTENT_STATUS_PUBLISHED, content=text or f"<p>{title}, made by hand.</p>")
    shelf.products.add(product)
    for n, (sku, (size, quantity)) in enumerate(variations.items()):
        ProductVariation.objects.create(
            product=product, sku=sku, option1=size, unit_price=price, num_in_stock=quantity, default=n == 0)
    product.copy_default_variation()
    product.save()


for size in ("Small", "Large"):
    ProductOption.objects.create(type=1, name=size)
for n in range(1, 13):
    put(f"Hamantasch with filling {n}", {f"HAM-{n:02}": (None, n)})
for n in range(1, 5):
    put(f"Marzipan of batch {n}", {f"MARZ-{n:02}": (None, 0)})
put("Sold out halva with proud words", {"HALVA": (None, 0)}, text="<p>Buy now, in stock in our shop!</p>")
put("Gift card", {"CARD": (None, None)})
put("Nougat that was switched off", {"NOUGAT": (None, 9)}, available=False)
put("Dates in boxes", {"DATES-S": ("Small", 4), "DATES-L": ("Large", 2)})
put("Figs in boxes, all gone", {"FIGS-S": ("Small", 0), "FIGS-L": ("Large", 0)})
# A campaign, as somebody wrote it by hand in the shop's editor: it knows nothing of stock.
promoted = Product.objects.filter(title__in=["Hamantasch with filling 3", "Marzipan of batch 1", "Dates in boxes"])
cards = "".join(
    f'<div class="col-sm-4"><a href="{product.get_absolute_url()}"><h4>{product.title}</h4></a><p class="price">$4.20, only this week</p></div>'
    for product in promoted.order_by("id"))
RichTextPage.objects.create(title="Purim", content=f'<h2>A feast for Purim</h2><div class="row">{cards}</div>')
print(json.dumps({
    variation.sku: {"path": variation.product.get_absolute_url(), "title": variation.product.title}
    for variation in ProductVariation.objects.select_related("product").order_by("id")
}))
