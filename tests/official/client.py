"""Places, finds, lists and ends calls with the carrier's own REST client (tests/fake_carrier/official_library.rs).

Reads one JSON object: where the fake carrier listens, account and token, the numbers and the URLs. Writes what the
client made of the replies.
"""

import json
import sys
import time
from datetime import datetime, timedelta, timezone

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

work = json.load(sys.stdin)


def client(token):
    made = Client(work["account"], token)
    made.api.base_url = work["address"]
    return made


twilio = client(work["token"])
today = datetime.now(timezone.utc)


def shown(call):
    dates = (call.date_created, call.start_time, call.end_time)
    return {
        "sid": call.sid,
        "status": call.status,
        "direction": call.direction,
        "to": call.to,
        "duration": call.duration,
        "answered_by": call.answered_by,
        "dates": [None if date is None else type(date).__name__ for date in dates],
    }


def place(to, **more):
    return twilio.calls.create(to=to, from_=work["from"], url=work["url"], **more)


def waited(call, *statuses):
    while call.status not in statuses:
        time.sleep(0.02)
        call = call.fetch()
    return call


def error(request):
    try:
        request()
    except TwilioRestException as exception:
        return [exception.status, exception.code]
    raise AssertionError("it wasn't refused")


created = place(
    work["to"],
    status_callback=work["status_callback"],
    status_callback_event=["initiated", "ringing", "answered", "completed"],
    machine_detection="Enable",
    timeout=60,
)
over = waited(twilio.calls(created.sid).fetch(), "completed")
for _ in range(3):
    place(work["to"])
ringing = waited(place(work["slow"], timeout=600), "ringing")
canceled = ringing.update(status="canceled")

json.dump(
    {
        "created": shown(created),
        "over": shown(over),
        "canceled": shown(canceled),
        "pages": [call.sid for call in twilio.calls.list(page_size=2)],
        "filtered": [
            call.sid
            for call in twilio.calls.list(
                to=work["slow"], status="canceled", start_time_after=today - timedelta(days=1), limit=20
            )
        ],
        "tomorrow": [call.sid for call in twilio.calls.list(start_time_after=today + timedelta(days=2))],
        "message": {"status": twilio.messages.create(to=work["to"], from_=work["from"], body="お電話しました").status},
        "errors": {
            "number": error(lambda: place("12")),
            "gone": error(lambda: twilio.calls("CA" + "0" * 32).fetch()),
            "over": error(lambda: twilio.calls(over.sid).update(status="completed")),
            "token": error(lambda: client("another").calls(over.sid).fetch()),
        },
    },
    sys.stdout,
)
