"""mailbox.py PORT FOLDER: a real SMTP server (aiosmtpd) on 127.0.0.1 with STARTTLS and, after it, AUTH.

Its certificates are made in FOLDER; trusted.pem is what a client should trust. The only account is
merchandising@shop.test with the password purim-5787.
Mails land in FOLDER as N.eml, each with its envelope in N.json; FOLDER/sessions says how many sessions began and how many
of them are over.

FOLDER/orders.json, if there is one, says what goes wrong, from the next session on:
  greeting     what is said instead of a greeting, before hanging up
  starttls     false: not offered
  certificate  "other": one for another name, trusted as well
  recipients   address -> {"answer": "451 ..."}: to RCPT
                          {"greylist": SECONDS}: 451 until so long after the first attempt
                          {"slow": SECONDS}: before the answer to RCPT
                          {"late": SECONDS}: between keeping the mail and saying so
                          {"drop": "kept" | "lost"}: breaks off after the mail, which it has kept or lost
  hold         {"session": N, "at": MOMENT}: waits there until the file FOLDER/held, which it makes, is gone. Moments are
               greeting, a command's name (before it is obeyed), "NAME answered", body (received) and kept
"""
import asyncio
import json
import os
import pathlib
import ssl
import subprocess
import sys
import time

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

port, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
first_try, count = {}, {"mails": 0, "begun": 0, "over": 0}


def certified(name, alternatives):
    cert, key = folder / f"{name}.pem", folder / f"{name}-key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}.shop.test", "-keyout", key,
         "-out", cert, "-addext", f"subjectAltName={alternatives}", "-addext", "basicConstraints=critical,CA:FALSE"],
        check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return context


tls = certified("cert", "DNS:localhost,IP:127.0.0.1")
other = certified("other", "DNS:mail.elsewhere.test")
(folder / "trusted.pem").write_text((folder / "cert.pem").read_text() + (folder / "other.pem").read_text())


def orders():
    try:
        return json.loads((folder / "orders.json").read_text())
    except FileNotFoundError:
        return {}


def write(name, content):
    """At once or not at all: somebody may be reading."""
    (folder / "new").write_bytes(content)
    os.replace(folder / "new", folder / name)


def tally():
    write("sessions", f"{count['begun']} {count['over']}".encode())


def account(server, session, envelope, mechanism, data):
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"merchandising@shop.test", b"purim-5787")
    return AuthResult(success=known, handled=False)


def keep(session, envelope):
    count["mails"] += 1
    n = count["mails"]
    write(f"{n}.json", json.dumps({
        "from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": session.ssl is not None,
        "auth": session.authenticated}).encode())
    write(f"{n}.eml", envelope.content)
    return f"250 2.0.0 kept as {n}"


class Mailbox:
    async def handle_RCPT(self, server, session, envelope, address, options):
        treatment = server.orders.get("recipients", {}).get(address, {})
        if not session.authenticated:
            return "530 5.7.0 authentication required"
        if "greylist" in treatment:
            wait = treatment["greylist"]
            if time.monotonic() - first_try.setdefault(address, time.monotonic()) < wait:
                return f"451 4.7.1 greylisted, come back in {wait} seconds"
        if "answer" in treatment:
            return treatment["answer"]
        await asyncio.sleep(treatment.get("slow", 0))
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 welcome"

    async def handle_DATA(self, server, session, envelope):
        await server.reached("body")
        treatment = server.orders.get("recipients", {}).get(envelope.rcpt_tos[0], {})
        answer = "421 4.4.2 lost it" if treatment.get("drop") == "lost" else keep(session, envelope)
        if "drop" in treatment:
            server.transport.abort()
        await server.reached("kept")
        await asyncio.sleep(treatment.get("late", 0))
        return answer


class Session(SMTP):
    """A session that counts itself, and waits where it is told to."""

    async def _handle_client(self):
        self.orders = orders()
        count["begun"] += 1
        self.number = count["begun"]
        tally()
        shown = other if self.orders.get("certificate") == "other" else tls
        self.tls_context = shown if self.orders.get("starttls", True) else None
        try:
            await self.reached("greeting")
            if "greeting" in self.orders:
                await self.push(self.orders["greeting"])
                self.transport.close()
            else:
                await super()._handle_client()
        finally:
            count["over"] += 1
            tally()

    async def reached(self, moment):
        if self.orders.get("hold") == {"session": self.number, "at": moment}:
            write("held", moment.encode())
            while (folder / "held").exists():
                await asyncio.sleep(0.005)


def watched(verb):
    obey = getattr(SMTP, f"smtp_{verb}")

    async def smtp(self, argument):
        await self.reached(verb)
        await obey(self, argument)
        await self.reached(f"{verb} answered")

    return smtp


for verb in ("EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"):
    setattr(Session, f"smtp_{verb}", watched(verb))


async def serve():
    """By ourselves: aiosmtpd's controller connects to its own server, at a time of its own, and that is a session too."""
    loop = asyncio.get_running_loop()
    handler = Mailbox()

    def session():
        return Session(
            handler, hostname="mail.shop.test", tls_context=tls, auth_require_tls=True, authenticator=account,
            enable_SMTPUTF8=True, loop=loop)

    async with await loop.create_server(session, "127.0.0.1", port) as server:
        await server.serve_forever()


tally()
asyncio.run(serve())
