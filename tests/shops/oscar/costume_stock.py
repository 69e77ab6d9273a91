"""costume_stock.py SKU=QUANTITY...  Changes stock behind the shop's back, as a warehouse system does."""
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
