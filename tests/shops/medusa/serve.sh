#!/usr/bin/env bash
# serve.sh ENVIRONMENT DATABASE_URL PORT: serves the shop's APIs on 127.0.0.1 until it is killed.
set -euo pipefail
export DATABASE_URL=$2 MEDUSA_DISABLE_TELEMETRY=1 DO_NOT_TRACK=1
cd "$1"
exec node node_modules/.bin/medusa start -H 127.0.0.1 -p "$3"
