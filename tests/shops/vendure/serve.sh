#!/usr/bin/env bash
# serve.sh ENVIRONMENT DATABASE_URL PORT: serves the shop's two APIs on 127.0.0.1 until it is killed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export VENDURE_DISABLE_TELEMETRY=1
exec node "$here/lamps.mjs" "$@"
