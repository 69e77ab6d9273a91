# Read by the scripts beside it: what EverShop wants to know, from ENVIRONMENT and DATABASE_URL.
rest=${2#postgres://postgres@}
address=${rest%%/*}
export DB_HOST=${address%:*} DB_PORT=${address#*:} DB_USER=postgres DB_PASSWORD='' DB_NAME=${rest#*/} DB_SSLMODE=disable
for secret in JWT_ADMIN_SECRET JWT_ADMIN_REFRESH_SECRET JWT_CUSTOMER_SECRET JWT_CUSTOMER_REFRESH_SECRET ORDER_TRACKING_TOKEN_SECRET; do
  export "$secret=only-for-tests-on-loopback-$secret"
done
export SUPPRESS_NO_CONFIG_WARNING=1 npm_config_loglevel=error
cd "$1"
