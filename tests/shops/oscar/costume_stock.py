"""costume_stock.py [SKU=QUANTITY...]  Changes stock behind the shop's back, as a warehouse system does, then prints all
of it as CSV. A product has the stock of its first record, as in Oscar's own strategy."""
import csv
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "costume_settings")
import django

django.setup()
from oscar.core.loading import get_model

for change in sys.argv[1:]:
    sku, quantity = change.rsplit("=", 1)
    record = get_model("partner", "StockRecord").objects.get(partner_sku=sku)
    record.num_in_stock, record.num_allocated = int(quantity), 0
    record.save()

out = csv.writer(sys.stdout)
out.writerow(["UPC", "in stock", "allocated", "counted"])
for product in get_model("catalogue", "Product").objects.exclude(structure="parent").order_by("id"):
    record = product.stockrecords.order_by("id").first()
    counted = product.get_product_class().track_stock
    out.writerow([
        product.upc,
        record and record.num_in_stock or 0,
        record and record.num_allocated or 0,
        "yes" if counted else "no",
    ])
