"""Asks for calls with the carrier's own Python library (tests/twilio/rest/official_library.rs): what would go out is caught and
shown as [method, URL, authorization, form]."""

import datetime
import json
import sys

import requests
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client


class Caught(Exception):
    pass


class Catching(requests.Session):
    """Takes what the library would send."""

    def send(self, prepared, **_settings):
        raise Caught(prepared.method, prepared.url, prepared.headers["Authorization"], prepared.body)


def sending_by(session):
    http_client = TwilioHttpClient()
    http_client.session = session
    return http_client


def asked(item):
    client = Client(item["account"], item["token"], http_client=sending_by(Catching()))
    leg = client.calls(item["leg"])
    work = {
        "dial": lambda: client.calls.create(**item["with"]),
        "look_up": leg.fetch,
        "list": lambda: client.calls.list(**item["with"]),
        "list_since": lambda: client.calls.list(
            start_time_after=datetime.date.fromisoformat(item["since"]), **item["with"]
        ),
        "tell": lambda: leg.update(**item["with"]),
        "sms": lambda: client.messages.create(**item["with"]),
    }
    try:
        work[item["do"]]()
    except Caught as caught:
        return list(caught.args)
    raise AssertionError("nothing was asked")


def read(item):
    """What the library itself makes of a reply, for the fields that we read."""

    class Answering(requests.Session):
        def send(self, _prepared, **_settings):
            response = requests.Response()
            response.status_code = item["status"]
            response._content = item["body"].encode()
            return response

    client = Client(item["account"], item["token"], http_client=sending_by(Answering()))
    call = client.calls.create(to="+819012345678", from_="+815031980214", url="https://call.example")
    return [call.sid, call.status]


work = {"asked": asked, "read": read}[sys.argv[1]]
json.dump([work(item) for item in json.load(sys.stdin)], sys.stdout)
