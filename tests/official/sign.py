"""Signs and checks requests, and writes TwiML, with the carrier's own Python library (tests/twilio/official_libraries.rs)."""

import json
import sys
import xml.etree.ElementTree as ElementTree

from twilio.request_validator import RequestValidator
from twilio.twiml import voice_response


class Fields(dict):
    """What web frameworks hand to the validator: a dictionary with several values under a name."""

    def __init__(self, pairs):
        super().__init__()
        for name, value in pairs:
            self.setdefault(name, []).append(value)

    def getall(self, name):
        return self[name]


def sign(request):
    return RequestValidator(request["token"]).compute_signature(request["url"], Fields(request["form"]))


def check(request):
    validator = RequestValidator(request["token"])
    return validator.validate(request["url"], Fields(request["form"]), request["signature"])


def twiml(pair):
    """Our XML, and one built from [verb, text or null, attributes, nested verbs] by the library's classes: canonical."""

    def add(parent, name, text, attributes, nested):
        # An attribute that the verb doesn't have is refused here; the library itself would write it.
        write = getattr(parent, name.lower())
        known = write.__code__.co_varnames[: write.__code__.co_argcount]
        unknown = set(attributes) - set(known)
        if unknown:
            raise ValueError(f"{name} has no {sorted(unknown)}")
        verb = write(**attributes) if text is None else write(text, **attributes)
        for inner in nested:
            add(verb, *inner)

    response = voice_response.VoiceResponse()
    for verb in pair["verbs"]:
        add(response, *verb)
    return [ElementTree.canonicalize(xml) for xml in (pair["ours"], response.to_xml())]


work = {"sign": sign, "check": check, "twiml": twiml}[sys.argv[1]]
json.dump([work(item) for item in json.load(sys.stdin)], sys.stdout)
