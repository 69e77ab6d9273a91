"""costume_order.py URL ID: a customer puts one of a product into the basket and orders it, through the shop's own API."""
import http.cookiejar
import json
import sys
import urllib.request

url, product = sys.argv[1].rstrip("/"), sys.argv[2]
customer = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))


def call(path, data=None):
    body = None if data is None else json.dumps(data).encode()
    request = urllib.request.Request(url + path, body, {"Content-Type": "application/json"})
    return json.load(customer.open(request, timeout=60))


basket = call("/api/basket/add-product/", {"url": f"{url}/api/products/{product}/", "quantity": 1})
order = call("/api/checkout/", {
    "basket": basket["url"],
    "guest_email": "miriam@home.test",
    "shipping_address": {
        "country": f"{url}/api/countries/IL/", "first_name": "Miriam", "last_name": "Levi",
        "line1": "Herzl 1", "line4": "Haifa", "postcode": "3303113"},
})
print(order["number"])
