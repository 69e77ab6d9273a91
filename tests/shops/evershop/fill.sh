#!/usr/bin/env bash
# fill.sh ENVIRONMENT DATABASE_URL: EverShop's own sample products, and a user. The shop must have started once.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/environment.sh"
npx --no-install evershop seed --all >&2
npx --no-install evershop user:create -n Admin -e admin@shop.test -p admin-pass-1 >&2
