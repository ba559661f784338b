"""What an engine is given where it would misread a text, mostly numbers with their counters."""

import re

JAPANESE_DAYS = {
    1: "ついたち", 2: "ふつか", 3: "みっか", 4: "よっか", 5: "いつか", 6: "むいか", 7: "なのか", 8: "ようか", 9: "ここのか",
    10: "とおか", 14: "じゅうよっか", 17: "じゅうしちにち", 19: "じゅうくにち", 20: "はつか", 24: "にじゅうよっか",
    27: "にじゅうしちにち", 29: "にじゅうくにち",
}  # fmt: skip
JAPANESE_TENTHS = ["れい", "いち", "に", "さん", "よん", "ご", "ろく", "なな", "はち", "きゅう"]

KOREAN_NATIVE = [
    "", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열", "열한", "열두", "열세", "열네", "열다섯", "열여섯",
    "열일곱", "열여덟", "열아홉", "스무",
]  # fmt: skip
KOREAN_DIGITS = ["영", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구"]
KOREAN_MONTHS = {6: "유월", 10: "시월"}

MANDARIN_DIGITS = "零一二三四五六七八九"


def korean_number(number):
    """Sino-Korean up to 999."""
    if number == 0:
        return KOREAN_DIGITS[0]
    said = ""
    for unit, name in ((100, "백"), (10, "십"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            said += ("" if digit == 1 and name else KOREAN_DIGITS[digit]) + name
    return said


def mandarin_number(number):
    if number == 100:
        return "一百"
    tens, ones = divmod(number, 10)
    said = ("" if tens == 1 else MANDARIN_DIGITS[tens] if tens else "") + ("十" if tens else "")
    return said + (MANDARIN_DIGITS[ones] if ones or not tens else "")


def japanese(text):
    if found := re.fullmatch(r"(\d+)日[、。]?", text):
        day = int(found[1])
        return JAPANESE_DAYS.get(day, text)
    if found := re.fullmatch(r"(\d)ぶ", text):
        return JAPANESE_TENTHS[int(found[1])] + "ぶ"
    return re.sub(r"(?<!\d)0時", "れーじ", text)


def korean(text):
    if found := re.fullmatch(r"(\d+)월", text):
        month = int(found[1])
        return KOREAN_MONTHS.get(month, korean_number(month) + "월")

    def counted(found):
        number, counter = int(found[1]), found[2]
        native = counter in ("시", "건") and 0 < number < len(KOREAN_NATIVE)
        return (KOREAN_NATIVE[number] + " " if native else korean_number(number)) + counter

    text = re.sub(r"(\d{1,3})(시|건)", counted, text)
    return re.sub(r"\d{1,3}", lambda found: korean_number(int(found[0])), text)


def mandarin(text):
    # "2点" and "2件" are liang; twelve o'clock and twenty-two aren't.
    text = re.sub(r"(?<!\d)2(?=[点點件个個])", "两", text)
    text = text.replace("119", "幺幺九")
    text = re.sub(r"(\d+)[.．](?=$|\d)", lambda found: mandarin_number(int(found[1])) + "点", text)
    # A key is one digit, and more in a row than a value has are keys.
    text = re.sub(r"\d{3,}", lambda f: f[0] if f[0] != "100" else "一百", text)
    text = re.sub(r"(?<!\d)\d{1,2}(?!\d)", lambda found: mandarin_number(int(found[0])), text)
    return re.sub(r"\d", lambda found: MANDARIN_DIGITS[int(found[0])], text)


def english(text):
    if found := re.fullmatch(r"0(\d)", text):
        return f"oh {found[1]}"
    return text


def spanish(text):
    return text.replace("a la 1", "a la una")


def portuguese(text):
    return {"à 1": "à uma", "às 2": "às duas"}.get(text, text)


READINGS = {
    "ja": japanese,
    "ko": korean,
    "zh-Hans": mandarin,
    "zh-Hant": mandarin,
    "en": english,
    "es": spanish,
    "pt": portuguese,
}


def reading(language, text):
    return READINGS.get(language, lambda same: same)(text)
