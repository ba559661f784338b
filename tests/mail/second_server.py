"""A second mail server on this machine: aiosmtpd. Its rules are the JSON in its first argument; it writes its port, and then
one line of JSON for each message that it has read, as Python's parser reads it.

replies: what it says to an address, such as "550 5.1.1 no such user". user, password: whom it lets in.
"""

import json
import socket
import sys
import threading
from email import message_from_bytes
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

rules = json.loads(sys.argv[1])


def say(what):
    print(json.dumps(what), flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        reply = rules.get("replies", {}).get(address)
        if reply:
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.content, policy=default)
        say({
            "from": str(mail["From"]),
            "to": str(mail["To"]),
            "recipients": envelope.rcpt_tos,
            "subject": str(mail["Subject"]),
            "text": mail.get_content(),
            "id": str(mail["Message-ID"]),
            "headers": sorted(name.lower() for name in mail.keys()),
            "unsubscribe": str(mail["List-Unsubscribe"]),
            "defects": [str(defect) for defect in mail.defects],
        })
        return "250 OK"


def let_in(server, session, envelope, mechanism, data):
    if not isinstance(data, LoginPassword):
        return AuthResult(success=False, handled=False)
    given = (data.login.decode(), data.password.decode())
    right = given == (rules.get("user"), rules.get("password"))
    say({"log_in": right})
    # Refused, it answers for us.
    return AuthResult(success=right, handled=right)


wants = {"auth_required": True, "authenticator": let_in, "auth_require_tls": False} if "user" in rules else {}
# Port 0 would be asked for itself by the controller's own check, so a free one is looked for first.
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
controller = Controller(Handler(), hostname="127.0.0.1", port=port, **wants)
controller.start()
say({"port": port})
threading.Event().wait()
