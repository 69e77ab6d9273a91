"""Fills the shop: every stock state Oscar knows, at least fifty products. Prints one JSON object, SKU → what it is."""
import json
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "costume_settings")
import django

django.setup()
from django.contrib.sites.models import Site
from django.db import transaction
from oscar.apps.catalogue.categories import create_from_breadcrumbs
from oscar.core.loading import get_model

Product, ProductClass = get_model("catalogue", "Product"), get_model("catalogue", "ProductClass")
ProductCategory, Recommendation = get_model("catalogue", "ProductCategory"), get_model("catalogue", "ProductRecommendation")
Country = get_model("address", "Country")
StockRecord, Partner = get_model("partner", "StockRecord"), get_model("partner", "Partner")


@transaction.atomic
def fill():
    Site.objects.update_or_create(id=1, defaults={"domain": "127.0.0.1", "name": "Costumes"})
    Country.objects.create(iso_3166_1_a2="IL", name="Israel", printable_name="Israel", is_shipping_country=True)
    worn = ProductClass.objects.create(name="Costume", track_stock=True, requires_shipping=True)
    printed = ProductClass.objects.create(name="Sewing pattern to print", track_stock=False, requires_shipping=False)
    house = Partner.objects.create(code="house", name="The shop's own shelves")
    other = Partner.objects.create(code="other", name="Another warehouse")
    shelf = create_from_breadcrumbs("Costumes > Children")

    def put(sku, title, stock, allocated=None, kind=worn, parent=None, structure="standalone", price="24.90", text="", public=True, record=True):
        product = Product.objects.create(
            upc=sku, title=title, structure=structure, parent=parent, product_class=None if parent else kind,
            description=text, is_public=public)
        if not parent:
            ProductCategory.objects.create(product=product, category=shelf)
        if record:
            StockRecord.objects.create(
                product=product, partner=house, partner_sku=sku, price=price, price_currency="EUR",
                num_in_stock=stock, num_allocated=allocated)
        return product

    for n in range(1, 31):
        put(f"BEE-{n:02}", f"Bee costume number {n}", n)
    for n in range(1, 11):
        put(f"KING-{n:02}", f"King costume number {n}", 0)
    put("ALL-TAKEN", "Pirate, every one already ordered", 5, 5)
    put("OVERSOLD", "Wizard, more ordered than there are", 2, 4)
    put("SOME-TAKEN", "Clown, some already ordered", 5, 2)
    put("UNKNOWN", "Astronaut of unknown stock", None)
    put("NO-RECORD", "Knight nobody ever bought in", 0, record=False)
    put("NO-PRICE", "Queen without a price", 7, price=None)
    put("PATTERN-1", "Pattern of a fox", None, kind=printed)
    put("PATTERN-2", "Pattern of an owl", 0, kind=printed)
    put("HIDDEN", "Dragon that is not shown", 3, public=False)
    put("SAYS-IN", "Sold out lion with proud words", 0, text="<p>In stock (99 available) in <b>our other shop</b>. Buy now!</p>")
    put("SAYS-OUT", "Tiger with modest words", 4, text="<p>Unavailable elsewhere, sold out everywhere but here.</p>")
    two = put("TWO-HOUSES", "Robot, only in the other warehouse", 0)
    StockRecord.objects.create(product=two, partner=other, partner_sku="TWO-HOUSES-B", price="20.00", price_currency="EUR", num_in_stock=9)
    for name, sizes in {"CAPE": {"S": (3, None), "M": (0, None), "L": (4, 4)}, "MASK": {"RED": (0, None), "BLUE": (0, None)}}.items():
        parent = put(name, f"{name.title()} in sizes", None, structure="parent", record=False)
        for size, (stock, allocated) in sizes.items():
            put(f"{name}-{size}", f"{name.title()} {size}", stock, allocated, parent=parent, structure="child")
    # What is recommended beside a sold out product must not speak for it.
    for shown, beside in (("KING-01", "BEE-01"), ("BEE-01", "KING-01"), ("ALL-TAKEN", "BEE-02")):
        Recommendation.objects.create(primary=Product.objects.get(upc=shown), recommendation=Product.objects.get(upc=beside))


fill()
print(json.dumps({
    product.upc: {"id": product.id, "path": product.get_absolute_url(), "title": product.title}
    for product in Product.objects.order_by("id")
}))
