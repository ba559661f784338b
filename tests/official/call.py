"""One whole call as the carrier makes it, each request signed by the carrier's own library (tests/health_call/official_library.rs).

Reads one JSON argument: where the server listens, its public URL, the auth token, both numbers and the keys in order.
Writes what was said in each turn as JSON: [[language, text], ...].
"""

import http.client
import json
import sys
import urllib.parse
import uuid
import xml.etree.ElementTree as ElementTree

from twilio.request_validator import RequestValidator

call = json.loads(sys.argv[1])
validator = RequestValidator(call["token"])
leg = "CA" + uuid.uuid4().hex


def post(url, more):
    assert url.startswith(call["public_url"]), f"not ours: {url}"
    fields = {
        "AccountSid": "AC" + "0" * 32,
        "ApiVersion": "2010-04-01",
        "CallSid": leg,
        "CallStatus": "in-progress",
        "Direction": "inbound",
        "From": call["from"],
        "Caller": call["from"],
        "To": call["to"],
        "Called": call["to"],
        "CallerCountry": "JP",
        "CallerName": "健康 & 花子",
    } | more
    connection = http.client.HTTPConnection(call["address"], timeout=60)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        "User-Agent": "TwilioProxy/1.1",
        "X-Twilio-Signature": validator.compute_signature(url, fields),
        "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
    }
    connection.request("POST", url.removeprefix(call["public_url"]), urllib.parse.urlencode(fields), headers)
    answer = connection.getresponse()
    body = answer.read().decode()
    assert answer.status == 200, f"{answer.status} {body}"
    assert answer.headers["Content-Type"].startswith("text/xml"), answer.headers["Content-Type"]
    return ElementTree.fromstring(body)


def said(response):
    return [[say.attrib["language"], say.text] for say in response.iter("Say")]


response = post(call["public_url"] + "/twilio/voice/health-call", {})
turns = [said(response)]
for keys in call["keys"]:
    while keys:
        gather = response.find("Gather")
        assert gather is not None, f"nobody waits for keys after {len(turns)} turns"
        most = int(gather.attrib["numDigits"])
        response = post(gather.attrib["action"], {"Digits": keys[:most], "FinishedOnKey": "", "msg": "Gather End"})
        keys = keys[most:]
        assert not keys or not said(response), "more keys than are waited for"
    turns.append(said(response))
assert response.find("Hangup") is not None, "the call goes on after its last answer"
json.dump(turns, sys.stdout, ensure_ascii=False)
