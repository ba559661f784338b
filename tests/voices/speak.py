"""Speaks texts, for tests/speech.rs: how long each lasts, and for Japanese what the voice reads.

From a JSON list of {"language": …, "text": …} to a list of {"seconds": …, "reads": … or null}.
"""

import array
import concurrent.futures
import ctypes
import json
import pathlib
import subprocess
import sys
import tempfile
import wave

import espeakng_loader

# espeak-ng's "words a minute". Its default is 175.
ESPEAK_RATE = 165
# Its Mandarin is slower than people are; see src/flow/speech_time.rs.
MANDARIN_RATE = 180
ESPEAK_VOICES = {"en": "en-us", "es": "es-419", "pt": "pt-br", "ko": "ko"}

DICTIONARY = pathlib.Path("/var/lib/mecab/dic/open-jtalk/naist-jdic")
JAPANESE_VOICE = pathlib.Path(espeakng_loader.__file__).parent.parent / "pyopenjtalk/htsvoice/mei_normal.htsvoice"

# Anything quieter than a hundredth of the full scale is silence.
SILENCE = 328


def length(samples, rate):
    """Seconds from the first sound to the last."""
    first = next((at for at, sample in enumerate(samples) if abs(sample) > SILENCE), None)
    if first is None:
        return 0.0
    after_last = next(at for at, sample in enumerate(reversed(samples)) if abs(sample) > SILENCE)
    return (len(samples) - after_last - first) / rate


def length_of(file):
    with wave.open(file) as sound:
        return length(array.array("h", sound.readframes(sound.getnframes())), sound.getframerate())


def espeak(voice, text):
    with tempfile.NamedTemporaryFile(suffix=".wav") as sound:
        command = ["espeak-ng", "-v", voice, "-s", str(ESPEAK_RATE), "-w", sound.name, "--", text]
        subprocess.run(command, check=True)
        return {"seconds": length_of(sound.name), "reads": None}


def japanese(text):
    with tempfile.NamedTemporaryFile(suffix=".wav") as sound, tempfile.NamedTemporaryFile(mode="r") as trace:
        command = ["open_jtalk", "-x", DICTIONARY, "-m", JAPANESE_VOICE, "-ow", sound.name, "-ot", trace.name]
        subprocess.run(command, input=text.encode(), check=True)
        words = trace.read().partition("[Text analysis result]\n")[2].partition("\n\n")[0].splitlines()
        # The tenth column is the pronunciation; ’ marks a vowel that isn't voiced.
        reads = "/".join(word.split(",")[9].replace("’", "") for word in words)
        return {"seconds": length_of(sound.name), "reads": reads.replace("/、", "、").replace("、/", "、")}


class Mandarin:
    """espeak-ng 1.52 as a library."""

    PLAY_NOTHING = 2
    RATE = 1
    UTF_8 = 1

    def __init__(self):
        self.library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = pathlib.Path(espeakng_loader.get_data_path()).parent
        self.rate = self.library.espeak_Initialize(self.PLAY_NOTHING, 0, str(data).encode(), 0)
        assert self.rate > 0, "espeak-ng finds no data"
        self.samples = array.array("h")

        def keep(sound, count, _events):
            if sound and count:
                self.samples.frombytes(ctypes.string_at(sound, 2 * count))
            return 0

        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
        self.keep = kind(keep)
        self.library.espeak_SetSynthCallback(self.keep)
        assert self.library.espeak_SetVoiceByName(b"cmn") == 0, "espeak-ng has no Mandarin"
        self.library.espeak_SetParameter(self.RATE, MANDARIN_RATE, 0)

    def say(self, text):
        del self.samples[:]
        said = text.encode()
        status = self.library.espeak_Synth(said, len(said) + 1, 0, 0, 0, self.UTF_8, None, None)
        assert status == 0, f"espeak-ng doesn't say {text}"
        self.library.espeak_Synchronize()
        return {"seconds": length(self.samples, self.rate), "reads": None}


def by_program(one):
    language, text = one["language"], one["text"]
    return japanese(text) if language == "ja" else espeak(ESPEAK_VOICES[language], text)


def spoken(texts):
    """In the order of the texts. The library speaks one after the other, the programs beside each other."""
    with concurrent.futures.ThreadPoolExecutor() as programs:
        waiting = [None if one["language"].startswith("zh") else programs.submit(by_program, one) for one in texts]
        mandarin = Mandarin()
        return [by.result() if by else mandarin.say(one["text"]) for one, by in zip(texts, waiting, strict=True)]


json.dump(spoken(json.load(sys.stdin)), sys.stdout, ensure_ascii=False)
