#!/usr/bin/env bash
# prepare.sh VENV DATA: a fresh Cartridge shop in DATA/project. Prints the JSON of its products.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export LC_ALL=en_US.UTF-8 PYTHONDONTWRITEBYTECODE=1
mkdir -p "$2" && cd "$2"
PATH=$1/bin:$PATH mezzanine-project -a cartridge project >&2
cat >>project/project/local_settings.py <<'PY'

DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
SHOP_CURRENCY_LOCALE = "en_US.UTF-8"
PY
cd project
"$1/bin/python" manage.py migrate -v0 >&2
"$1/bin/python" "$here/sweets_seed.py"
