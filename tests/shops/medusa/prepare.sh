#!/usr/bin/env bash
# prepare.sh ENVIRONMENT DATABASE_URL: the tables of a shop without products, and its first user.
set -euo pipefail
export DATABASE_URL=$2 MEDUSA_DISABLE_TELEMETRY=1 DO_NOT_TRACK=1
here=$(cd "$(dirname "$0")" && pwd)
cp "$here/medusa-config.js" "$1/"
cd "$1"
node node_modules/.bin/medusa db:migrate --execute-safe-links >&2
node node_modules/.bin/medusa user -e admin@shop.test -p admin-pass-1 >&2
