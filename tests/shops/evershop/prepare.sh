#!/usr/bin/env bash
# prepare.sh ENVIRONMENT DATABASE_URL: builds the shop's pages, once for each environment. Its tables make themselves.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/environment.sh"
built=.evershop/build/frontStore/server/index.js
mkdir -p config
echo '{"shop":{"language":"en","timezone":"UTC","currency":"EUR"}}' >config/default.json
if [ ! -s "$built" ]; then
  rm -rf .evershop
  npx --no-install evershop build >&2
  # It ends well even where it failed.
  [ -s "$built" ]
fi
