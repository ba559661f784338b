"""Makes the recordings of voices/ and their manifest. Run it by `dev/voices make`.

    make.py TEXTS STYLES CACHE INTO [--anew] [LANGUAGE …]

TEXTS is what `kenkocall voices texts` prints. A recording stays as it is while the same voice is given the same to say,
since eSpeak NG never says anything twice alike, and the repository keeps every version; `--anew` makes all. Recordings
that somebody made (engine "recorded") always stay.
"""

import hashlib
import json
import pathlib
import re
import sys

import engines
import numpy
import readings
import sound

ESPEAK_VOICES = {"ko": ("ko", 165)}
# Style, speed and eSpeak's voice for the phonemes. The speed is that of src/flow/speech_time.rs.
KOKORO_VOICES = {
    "en": ("af_heart", 0.92, "en-us"),
    "es": ("ef_dora", 0.9, "es-419"),
    "pt": ("pf_dora", 0.93, "pt-br"),
    "zh-Hans": ("zf_xiaobei", 0.93, None),
    "zh-Hant": ("zf_xiaobei", 0.93, None),
}
LICENCES = {
    "Open JTalk": "CC-BY-3.0",
    "Kokoro-82M": "Apache-2.0",
    "eSpeak NG": "none: what it speaks isn't covered by its licence",
}


def sha256(content):
    return hashlib.sha256(content).hexdigest()


class Maker:
    def __init__(self, styles, cache):
        self.espeak = engines.Espeak()
        self.styles, self.cache = styles, cache
        self.neural = self.jtalk = self.chinese = self.simplified = None
        cache.mkdir(parents=True, exist_ok=True)

    def kokoro(self):
        self.neural = self.neural or engines.Kokoro(self.styles)
        return self.neural

    def kokoro_phonemes(self, language, voice, text):
        if voice is None:
            return self.mandarin(language, text)
        table = engines.ENGLISH if language == "en" else engines.OTHERS
        return engines.relettered(self.espeak.phonemes(voice, text), table)

    def mandarin(self, language, text):
        if self.chinese is None:
            import opencc
            from misaki import zh

            self.chinese, self.simplified = zh.ZHG2P(), opencc.OpenCC("tw2s")
        text = self.simplified.convert(text) if language == "zh-Hant" else text
        parts = re.split(r"([A-Za-z][A-Za-z -]*)", text)
        said = [
            engines.relettered(self.espeak.phonemes("en-us", part), engines.ENGLISH) if nth % 2 else self.chinese(part)[0]
            for nth, part in enumerate(parts)
            if part.strip()
        ]
        return " ".join(part.strip() for part in said)

    def plan(self, language, text):
        """The engine, its voice with what sets it, and what it is given to say."""
        said = readings.reading(language, text)
        if language == "ja":
            return "Open JTalk", "mei_normal", said
        if language in ESPEAK_VOICES:
            name, pace = ESPEAK_VOICES[language]
            return "eSpeak NG", f"{name} {pace}", said
        style, speed, voice = KOKORO_VOICES[language]
        return "Kokoro-82M", f"{style} {speed}", self.kokoro_phonemes(language, voice, said)

    def reads(self, engine, said):
        """The pronunciation, for people who check it."""
        if engine != "Open JTalk":
            return said
        import pyopenjtalk

        return pyopenjtalk.g2p(said, kana=True)

    def speech(self, engine, voice, said):
        kept = self.cache / f"{sha256(f'{engine} {voice} {said}'.encode())}.npz"
        if kept.exists():
            found = numpy.load(kept)
            return found["samples"].astype(numpy.float64), int(found["rate"])
        name, _, pace = voice.rpartition(" ")
        if engine == "Open JTalk":
            self.jtalk = self.jtalk or engines.OpenJtalk()
            samples, rate = self.jtalk.say(said)
        elif engine == "eSpeak NG":
            samples, rate = self.espeak.say(name, int(pace), said)
        else:
            samples, rate = self.kokoro().say(name, float(pace), said)
        numpy.savez(kept, samples=samples.astype(numpy.float32), rate=rate)
        return samples, rate

    def entry(self, into, language, name, text, old):
        """The entry of a recording, which is made unless the old one says the same."""
        engine, voice, said = self.plan(language, text)
        if old and (old["engine"], old["voice"], old["reading"]) == (engine, voice, self.reads(engine, said)):
            return kept(into, old, name)
        samples, rate = self.speech(engine, voice, said)
        content = sound.wav(sound.mu_law(sound.for_the_phone(samples, rate)))
        file = into / language / f"{name}.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.read_bytes() != content:
            file.write_bytes(content)
        return {
            "language": language,
            "id": name,
            "text": text,
            "reading": self.reads(engine, said),
            "engine": engine,
            "voice": voice,
            "licence": LICENCES[engine],
            "text_sha256": sha256(text.encode()),
            "file_sha256": sha256(content),
        }


def kept(into, old, name):
    """An old entry by the name that its recording has now."""
    content = (into / old["language"] / f"{old['id']}.wav").read_bytes()
    assert sha256(content) == old["file_sha256"], f"{old['language']} {old['id']} isn't what the manifest says"
    (into / old["language"] / f"{name}.wav").write_bytes(content)
    return old | {"id": name}


def written(entries):
    """One recording a line, so that a change is a change of its line."""
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
    return f"[\n{lines}\n]\n"


def main():
    texts, styles, cache, into = (pathlib.Path(path) for path in sys.argv[1:5])
    languages = [word for word in sys.argv[5:] if word != "--anew"]
    wanted = json.loads(texts.read_text("utf-8"))
    manifest = into / "manifest.json"
    old = json.loads(manifest.read_text("utf-8")) if manifest.exists() else []
    by_people = {(one["language"], one["text"]): one for one in old if one["engine"] == "recorded"}
    by_text = {} if "--anew" in sys.argv else {(one["language"], one["text"]): one for one in old}
    by_id = {(one["language"], one["id"]): one for one in old}
    maker, entries = Maker(styles, cache), []
    for one in wanted:
        language, name, text = one["language"], one["id"], one["text"]
        if languages and language not in languages:
            entries.extend([by_id[language, name]] if (language, name) in by_id else [])
        elif (language, text) in by_people:
            entries.append(by_people[language, text])
        else:
            entries.append(maker.entry(into, language, name, text, by_text.get((language, text))))
    into.mkdir(parents=True, exist_ok=True)
    manifest.write_text(written(entries), "utf-8")
    named = {into / one["language"] / f"{one['id']}.wav" for one in entries}
    for file in into.glob("*/*.wav"):
        if file not in named:
            file.unlink()
    print(f"{len(entries)} recordings, {sum(file.stat().st_size for file in named) / 1e6:.1f} MB", file=sys.stderr)


main()
