#!/usr/bin/env bash
# install.sh [evershop]: what the tests against real shops need: environments from PyPI and npm below target/shops, and,
# as root on Debian, what they stand on from its packages. Nothing is done twice. EverShop takes longest, does not belong
# to .ci/run, and is installed only if it is named; Varnish comes with it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
into=${CARGO_TARGET_DIR:-$here/../../target}/shops
mkdir -p "$into"

environment() { # NAME PACKAGE...
  local venv=$into/$1 wanted
  shift
  wanted=$(printf '%s\n' "$@")
  if [ "$(cat "$venv/installed" 2>/dev/null)" != "$wanted" ]; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check "$@"
    printf '%s\n' "$wanted" >"$venv/installed"
  fi
}

node_environment() { # NAME PACKAGE...
  local app=$into/$1 wanted
  shift
  wanted=$(printf '%s\n' "$@")
  if [ "$(cat "$app/installed" 2>/dev/null)" != "$wanted" ]; then
    rm -rf "$app"
    mkdir -p "$app"
    echo '{"private":true}' >"$app/package.json"
    (cd "$app" && npm install --no-audit --no-fund --loglevel=error "$@")
    printf '%s\n' "$wanted" >"$app/installed"
  fi
}

# Where Debian keeps the server's programs; the newest.
postgres_programs() {
  local folders
  folders=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1) || true
  [ -x "$folders/postgres" ] && printf '%s' "$folders"
}

packages=()
python3 -c 'import ensurepip' 2>/dev/null || packages+=(python3-venv)
command -v nginx >/dev/null || packages+=(nginx-light)
command -v node >/dev/null || packages+=(nodejs)
command -v npm >/dev/null || packages+=(npm)
command -v systemd-analyze >/dev/null || packages+=(systemd)
command -v openssl >/dev/null || packages+=(openssl)
postgres_programs >/dev/null || packages+=(postgresql)
# The page cache that EverShop is put behind.
if [ "${1-}" = evershop ]; then command -v varnishd >/dev/null || packages+=(varnish); fi
mariadb_programs() { [ -x /usr/sbin/mariadbd ] && command -v mariadb-install-db mariadb >/dev/null; }
mariadb_programs || packages+=(mariadb-server-core mariadb-client-core)
command -v localedef >/dev/null && [ -e /usr/share/i18n/locales/en_US ] || packages+=(locales)
if [ ${#packages[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    # The tests make clusters of their own: none need be made, nor started, by the package.
    if [[ " ${packages[*]} " = *" postgresql "* ]] && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
      mkdir -p /etc/postgresql-common
      echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
    fi
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
  else
    echo "not installed, and only root on Debian can: ${packages[*]}" >&2
  fi
fi
# Debian has one mail server at a time: where there is another, it stays.
postfix_programs() {
  [ -x /usr/lib/postfix/sbin/master ] && command -v postfix postgrey saslpasswd2 >/dev/null && ls /usr/lib/*/sasl2/libsasldb.so >/dev/null 2>&1
}
if ! postfix_programs && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends --no-remove \
    postfix postgrey sasl2-bin libsasl2-modules libsasl2-modules-db >/dev/null || true
fi
has_locale() { locale -a 2>/dev/null | grep -qi '^en_US\.utf-\?8$'; }
if ! has_locale && [ "$(id -u)" = 0 ]; then
  localedef -i en_US -f UTF-8 en_US.UTF-8
fi

environment oscar 'django-oscar[sorl-thumbnail]==4.2.1' django-oscar-api==3.3.0 gunicorn==27.0.1 whoosh-reloaded==2.7.5
# Cartridge formats prices by a locale of its own, and does not start without it.
if has_locale; then
  environment cartridge cartridge==1.3.4 mezzanine==6.1.1 gunicorn==27.0.1
else
  echo "not installed: Cartridge, for want of the locale en_US.UTF-8" >&2
fi
if postgres_programs >/dev/null; then
  mkdir -p "$into/postgres"
  ln -sfn "$(postgres_programs)" "$into/postgres/bin"
  postgres_programs >"$into/postgres/installed"
else
  echo "not installed: PostgreSQL" >&2
fi
if command -v npm >/dev/null && [ -e "$into/postgres/installed" ]; then
  node_environment vendure @vendure/core@3.7.3 pg@8.16.3
  node_environment medusa @medusajs/medusa@2.21.2 @medusajs/cli@2.21.2 @medusajs/framework@2.21.2
  if [ "${1-}" = evershop ]; then
    # EverShop imports concat-stream without naming it among its dependencies.
    node_environment evershop @evershop/evershop@2.2.1 concat-stream@2
  fi
else
  echo "not installed: Vendure, Medusa and EverShop, for want of npm or PostgreSQL" >&2
fi
if mariadb_programs; then
  mkdir -p "$into/mariadb"
  /usr/sbin/mariadbd --no-defaults --version >"$into/mariadb/installed"
else
  echo "not installed: MariaDB" >&2
fi
environment mail aiosmtpd==1.4.6
# Verifies what is signed with the feature `dkim`.
environment dkim dkimpy==1.1.8 pynacl==1.6.2
# Only root may run it.
if postfix_programs && [ "$(id -u)" = 0 ]; then
  mkdir -p "$into/postfix"
  postconf -d mail_version >"$into/postfix/installed"
else
  rm -rf "$into/postfix"
  echo "not installed: Postfix and postgrey; they need root on Debian, and no other mail server there" >&2
fi
echo "real shops and mail servers are installed in $into"
