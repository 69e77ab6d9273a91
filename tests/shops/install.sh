#!/usr/bin/env bash
# Installs what the tests against real shops need: Python environments from PyPI below target/shops, and, as root on
# Debian, nginx, a locale and systemd-analyze from its packages. Nothing is done twice.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
into=${1:-${CARGO_TARGET_DIR:-$here/../../target}/shops}
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

# Where Debian keeps the server's programs; the newest.
postgres_programs() {
  local folders
  folders=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1) || true
  [ -x "$folders/postgres" ] && printf '%s' "$folders"
}

packages=()
python3 -c 'import ensurepip' 2>/dev/null || packages+=(python3-venv)
command -v nginx >/dev/null || packages+=(nginx-light)
command -v systemd-analyze >/dev/null || packages+=(systemd)
command -v openssl >/dev/null || packages+=(openssl)
postgres_programs >/dev/null || packages+=(postgresql)
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
environment mail aiosmtpd==1.4.6
echo "real shops and mail server are installed in $into"
