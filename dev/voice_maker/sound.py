"""Fits speech to a phone line: band, level, silence, G.711."""

import struct

import numpy
from scipy import signal

RATE = 8_000
# What a phone carries. Below 250 Hz a handset's loudspeaker is silent, and the energy would be lost.
LOWEST_HZ = 250
HIGHEST_HZ = 3_600
# Consonants are above 2 kHz, and old ears need them: that part is lifted.
LIFT_FROM_HZ, LIFT_DB = 1_800, 5.0
# The level of the spoken part, in dB of the full scale. ITU-T P.56 speech is around -20 dBm0 on trunks.
LEVEL_DB = -20.0
LOUDEST = 0.9
COMPRESSED_ABOVE_DB, RATIO = -24.0, 2.0
BEFORE, AFTER = 0.015, 0.025
# No pause within a sentence is longer.
LONGEST_PAUSE = 0.3


def decibels(ratio):
    return 20.0 * numpy.log10(numpy.maximum(ratio, 1e-9))


def shelf(rate):
    """A high shelf after R. Bristow-Johnson's cookbook."""
    a = 10.0 ** (LIFT_DB / 40.0)
    w = 2.0 * numpy.pi * LIFT_FROM_HZ / rate
    cos, alpha = numpy.cos(w), numpy.sin(w) / 2.0 * numpy.sqrt(2.0)
    root = 2.0 * numpy.sqrt(a) * alpha
    b = [a * (a + 1 + (a - 1) * cos + root), -2 * a * (a - 1 + (a + 1) * cos), a * (a + 1 + (a - 1) * cos - root)]
    c = [a + 1 - (a - 1) * cos + root, 2 * (a - 1 - (a + 1) * cos), a + 1 - (a - 1) * cos - root]
    return b, c


def envelope(samples, rate, seconds):
    window = max(int(rate * seconds), 1)
    return numpy.sqrt(signal.oaconvolve(samples**2, numpy.ones(window) / window, "same").clip(0.0))


def spoken_part(samples, rate):
    """Where the speech begins and ends: what is louder than a hundredth of its loudest part."""
    loud = envelope(samples, rate, 0.01)
    at = numpy.flatnonzero(loud > max(loud.max() * 0.02, 0.0015))
    assert len(at), "silence"
    return at[0], at[-1] + 1


def level(samples, rate=RATE):
    """The level of what is spoken, without the pauses, in dB of the full scale."""
    loud = envelope(samples, rate, 0.02)
    active = loud > loud.max() * 0.1
    return float(decibels(numpy.sqrt(numpy.mean(samples[active] ** 2))))


def leveled(samples):
    return samples * 10.0 ** ((LEVEL_DB - level(samples)) / 20.0)


def with_short_pauses(samples):
    loud = envelope(samples, RATE, 0.02)
    silent = numpy.concatenate([[False], loud < loud.max() * 0.015, [False]])
    edges = numpy.flatnonzero(numpy.diff(silent.astype(int)))
    keep = numpy.ones(len(samples), bool)
    half = int(LONGEST_PAUSE * RATE / 2)
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        keep[first + half : max(last - half, first + half)] = False
    return samples[keep]


def with_audible_beginning(samples):
    """Lifts what is whispered before the first loud sound: the first vowel of くるしい is, and would pass for silence."""
    loud = envelope(samples, RATE, 0.02)
    whispered = int(numpy.argmax(loud > loud.max() * 0.05))
    if whispered < 0.06 * RATE:
        return samples
    lift = numpy.ones(len(samples))
    most = min(max(loud.max() * 0.12 / max(loud[:whispered].max(), 1e-6), 1.0), 6.0)
    ramp = int(0.01 * RATE)
    lift[:whispered] = most
    lift[whispered - ramp : whispered] = numpy.linspace(most, 1.0, ramp)
    return samples * lift


def for_the_phone(samples, rate):
    samples = samples - samples.mean()
    first, last = spoken_part(samples, rate)
    pad = int(rate * 0.1)
    samples = numpy.concatenate([numpy.zeros(pad), samples[max(first - pad, 0) : last + pad], numpy.zeros(pad)])
    samples = signal.resample_poly(samples, RATE, rate)
    samples = signal.sosfilt(signal.butter(4, LOWEST_HZ, "high", fs=RATE, output="sos"), samples)
    samples = signal.sosfilt(signal.butter(6, HIGHEST_HZ, "low", fs=RATE, output="sos"), samples)
    samples = leveled(signal.lfilter(*shelf(RATE), samples))
    over = numpy.maximum(decibels(envelope(samples, RATE, 0.03)) - COMPRESSED_ABOVE_DB, 0.0)
    samples = samples * 10.0 ** (-over * (1.0 - 1.0 / RATIO) / 20.0)
    # A peak that would clip is rounded; the level then has to be set again.
    for _ in range(4):
        samples = leveled(samples)
        knee = LOUDEST * 0.6
        above = numpy.abs(samples) > knee
        rounded = knee + (LOUDEST - knee) * numpy.tanh((numpy.abs(samples) - knee) / (LOUDEST - knee))
        samples = numpy.where(above, numpy.sign(samples) * rounded, samples)
    first, last = spoken_part(samples, RATE)
    first, last = max(first - int(BEFORE * RATE), 0), min(last + int(AFTER * RATE), len(samples))
    samples = samples[first:last].copy()
    samples = with_audible_beginning(with_short_pauses(samples))
    fade = int(0.01 * RATE)
    samples[:fade] *= numpy.linspace(0.0, 1.0, fade)
    samples[-fade:] *= numpy.linspace(1.0, 0.0, fade)
    return samples


def mu_law(samples):
    """G.711 µ-law by its tables' rule: sign, segment, step."""
    linear = numpy.round(samples * 32_767.0).astype(numpy.int64)
    sign = numpy.where(linear < 0, 0x80, 0)
    magnitude = numpy.minimum(numpy.abs(linear), 32_635) + 132
    segment = numpy.floor(numpy.log2(magnitude)).astype(numpy.int64) - 7
    step = (magnitude >> (segment + 3)) & 0x0F
    return (~(sign | (segment << 4) | step) & 0xFF).astype(numpy.uint8).tobytes()


def wav(encoded):
    """A WAV file of µ-law samples."""
    kind = struct.pack("<HHIIHHH", 7, 1, RATE, RATE, 1, 8, 0)
    chunks = b"fmt " + struct.pack("<I", len(kind)) + kind
    chunks += b"fact" + struct.pack("<II", 4, len(encoded))
    chunks += b"data" + struct.pack("<I", len(encoded)) + encoded + b"\0" * (len(encoded) % 2)
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks
