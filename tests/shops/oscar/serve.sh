#!/usr/bin/env bash
# serve.sh VENV DATA PORT: serves the shop on 127.0.0.1 until it is killed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export COSTUMES=$2 DJANGO_SETTINGS_MODULE=costume_settings PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1
exec "$1/bin/gunicorn" --bind "127.0.0.1:$3" --workers 1 --threads 8 --chdir "$here" --log-level warning 'django.core.wsgi:get_wsgi_application()'
