#!/usr/bin/env bash
# stock.sh VENV DATA [SKU=QUANTITY...]: changes stock behind the shop's back and prints all of it as CSV.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export COSTUMES=$2 PYTHONDONTWRITEBYTECODE=1
exec "$1/bin/python" "$here/costume_stock.py" "${@:3}"
