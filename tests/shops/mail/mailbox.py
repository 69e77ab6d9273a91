"""mailbox.py PORT FOLDER: a real SMTP server (aiosmtpd) on 127.0.0.1 with STARTTLS and, after it, AUTH.

Its certificate is made in FOLDER as cert.pem. The only account is merchandising@shop.test with the password purim-5787.
Mails land in FOLDER as N.eml, each with its envelope in N.json. The recipient grey@ is greylisted for two seconds,
full@ gets 452, nobody@ gets 550.
"""
import json
import pathlib
import ssl
import subprocess
import sys
import threading
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

port, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
cert, key = folder / "cert.pem", folder / "key.pem"
subprocess.run(
    ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", key,
     "-out", cert, "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"], check=True, capture_output=True)
tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
tls.load_cert_chain(cert, key)
first_try = {}


def account(server, session, envelope, mechanism, data):
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"merchandising@shop.test", b"purim-5787")
    return AuthResult(success=known, handled=False)


class Mailbox:
    async def handle_RCPT(self, server, session, envelope, address, options):
        who = address.split("@")[0]
        if not session.authenticated:
            return "530 5.7.0 authentication required"
        if who == "grey" and time.monotonic() - first_try.setdefault(address, time.monotonic()) < 2:
            return "451 4.7.1 greylisted, come back in 2 seconds"
        if who == "full":
            return "452 4.2.2 mailbox full"
        if who == "nobody":
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 welcome"

    async def handle_DATA(self, server, session, envelope):
        n = len(list(folder.glob("*.eml"))) + 1
        (folder / f"{n}.json").write_text(json.dumps({
            "from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": session.ssl is not None, "auth": session.authenticated}))
        (folder / f"{n}.eml").write_bytes(envelope.content)
        return f"250 2.0.0 kept as {n}"


class Server(Controller):
    def factory(self):
        return SMTP(
            self.handler, hostname="mail.shop.test", tls_context=tls, auth_require_tls=True, authenticator=account,
            enable_SMTPUTF8=True)


Server(Mailbox(), hostname="127.0.0.1", port=port).start()
print("ready", flush=True)
threading.Event().wait()
