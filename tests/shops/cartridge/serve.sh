#!/usr/bin/env bash
# serve.sh VENV DATA PORT: serves the shop on 127.0.0.1 until it is killed.
set -euo pipefail
export LC_ALL=en_US.UTF-8 PYTHONDONTWRITEBYTECODE=1
cd "$2/project"
exec "$1/bin/gunicorn" --bind "127.0.0.1:$3" --workers 1 --threads 4 --log-level warning project.wsgi
