#!/usr/bin/env bash
# serve.sh ENVIRONMENT DATABASE_URL PORT: serves the shop on 127.0.0.1 until it is killed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/environment.sh"
export PORT=$3 EVERSHOP_HOME_URL=http://127.0.0.1:$3 NODE_OPTIONS="--require $here/loopback.cjs"
exec node node_modules/@evershop/evershop/dist/bin/evershop.js start
