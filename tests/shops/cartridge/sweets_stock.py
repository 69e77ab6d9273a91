"""The shop has no stock API: `sweets_stock.py` prints its stock as CSV, `sweets_stock.py SKU=QUANTITY...` changes it."""
import csv
import os
import sys

sys.path.insert(0, os.getcwd())
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
import django

django.setup()
from cartridge.shop.models import ProductVariation

for change in sys.argv[1:]:
    sku, quantity = change.rsplit("=", 1)
    ProductVariation.objects.filter(sku=sku).update(num_in_stock=int(quantity))
out = csv.writer(sys.stdout)
out.writerow(["sku", "quantity", "counted", "on sale"])
for variation in ProductVariation.objects.select_related("product").order_by("sku"):
    counted = variation.num_in_stock is not None
    out.writerow([variation.sku, variation.live_num_in_stock() if counted else 0, "yes" if counted else "no", "yes" if variation.product.available else "no"])
