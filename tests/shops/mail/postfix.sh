#!/usr/bin/env bash
# postfix.sh FOLDER PORT GREY_PORT: serves a Postfix of its own below FOLDER, on 127.0.0.1:PORT. As root on Debian.
#
# It offers STARTTLS and, after it, AUTH for merchandising@shop.test with the password purim-5787; whatever it takes for
# shop.test lands in the Maildir FOLDER/mail/all. etc/recipients and etc/after-data decide over single recipients; whom they
# call `greylist`, a postgrey on GREY_PORT decides about. Every session reads the configuration anew (max_use), so that
# nothing need be restarted when it is changed.
set -euo pipefail
folder=$1 port=$2 grey_port=$3
etc=$folder/etc
mkdir -p "$etc/sasl" "$folder"/{queue,data,mail,grey}
chmod 755 "$folder"
chown postfix "$folder/data"
chown nobody:nogroup "$folder/mail"
chown postgrey "$folder/grey"

certificate() { # NAME ALTERNATIVES
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$1.shop.test" -keyout "$etc/$1-key.pem" -out "$etc/$1.pem" \
    -addext "subjectAltName=$2" -addext basicConstraints=critical,CA:FALSE 2>/dev/null
}
certificate cert DNS:localhost,IP:127.0.0.1
certificate other DNS:mail.elsewhere.test
cat "$etc/cert.pem" "$etc/other.pem" >"$folder/trusted.pem"

echo purim-5787 | saslpasswd2 -p -c -f "$etc/sasldb2" -u shop.test merchandising
chown postfix "$etc/sasldb2"
cat >"$etc/sasl/smtpd.conf" <<END
pwcheck_method: auxprop
auxprop_plugin: sasldb
mech_list: PLAIN LOGIN
sasldb_path: $etc/sasldb2
END

: >"$etc/recipients"
: >"$etc/after-data"
cat >"$etc/main.cf" <<END
compatibility_level = 3.6
queue_directory = $folder/queue
data_directory = $folder/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = $folder/postfix.log
maillog_file_prefixes = $folder
myhostname = mail.shop.test
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mydestination =
mynetworks = 127.0.0.99/32
alias_maps =
local_recipient_maps =
relayhost =
default_transport = error:nothing leaves this machine
virtual_mailbox_domains = shop.test
virtual_mailbox_base = $folder/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:$(id -u nobody)
virtual_gid_maps = static:$(id -g nobody)
virtual_minimum_uid = 100
max_use = 1
smtpd_tls_cert_file = $etc/cert.pem
smtpd_tls_key_file = $etc/cert-key.pem
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_received_header = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_authenticated_header = yes
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
cyrus_sasl_config_path = $etc/sasl
smtpd_sasl_local_domain = shop.test
smtpd_delay_reject = no
smtpd_client_restrictions =
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access regexp:$etc/recipients, permit_sasl_authenticated, reject
smtpd_end_of_data_restrictions = check_recipient_access regexp:$etc/after-data
smtpd_restriction_classes = greylist
greylist = check_policy_service inet:127.0.0.1:$grey_port
END
# The one service on the network is ours, and none lives in a chroot.
sed -e "s/^smtp  *inet .*smtpd\$/127.0.0.1:$port inet n - n - - smtpd/" \
  -e 's/^\([a-z][^ ]* *unix *[^ ]* *[^ ]* *\)y/\1n/' /usr/share/postfix/master.cf.dist >"$etc/master.cf"
grep -q '^postlog' "$etc/master.cf" || echo 'postlog unix-dgram n - n - 1 postlogd' >>"$etc/master.cf"
postfix -c "$etc" check
# In the foreground, and in this process group.
exec /usr/lib/postfix/sbin/master -d -c "$etc"
