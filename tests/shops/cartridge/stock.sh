#!/usr/bin/env bash
# stock.sh VENV DATA [SKU=QUANTITY...]: changes stock and prints all of it as CSV.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export LC_ALL=en_US.UTF-8 PYTHONDONTWRITEBYTECODE=1
cd "$2/project"
exec "$1/bin/python" "$here/sweets_stock.py" "${@:3}"
