#!/usr/bin/env bash
# prepare.sh VENV DATA: a fresh costume shop in DATA. Prints the JSON of its products.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export COSTUMES=$2 DJANGO_SETTINGS_MODULE=costume_settings PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1
mkdir -p "$2/static" "$2/media"
"$1/bin/python" -m django migrate -v0 >&2
"$1/bin/python" "$here/costume_seed.py"
"$1/bin/python" -m django update_index -v0 >&2
