"""Cuts a text into the student's tokens. The Rust side (src/sentiment/tokens.rs) does exactly the same."""

from functools import lru_cache

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

# No more characters and tokens than this are read, so that no text is slow.
MAX_CHARS, MAX_TOKENS = 4000, 160
# Emoticons by their last character, after an eye (: ; =) and an optional nose (- or ').
SMILES, FROWNS = ")dp3]*", "(/\\|[<"


@lru_cache(maxsize=None)
def fold(char):
    """One character in lower case; a curly apostrophe becomes a straight one."""
    if char in "\u2019\u2018\u02bc":
        return "'"
    low = char.lower()
    return low if len(low) == 1 else char


@lru_cache(maxsize=None)
def is_letter(char):
    """ASCII letters and the alphabets below the symbols; plain ranges, so that both languages agree."""
    code = ord(char)
    return char.isascii() and char.isalpha() or 0xC0 <= code <= 0x1FFF and code not in (0xD7, 0xF7)


def is_digit(char):
    """ASCII digits."""
    return "0" <= char <= "9"


def is_space(char):
    """Control characters, the space and its wider kin."""
    return char <= " " or char in "\u00a0\u3000" or "\u2000" <= char <= "\u200b"


def _is_name(char):
    return is_letter(char) or is_digit(char) or char == "_"


def _is_silent(code):
    """Characters that only style the one before: joiners, variation selectors, skin tones."""
    return code == 0x200D or 0xFE00 <= code <= 0xFE0F or 0x1F3FB <= code <= 0x1F3FF


def _address_end(text, at):
    end = at
    while end < len(text) and not is_space(text[end]):
        end += 1
    return end


def _emoticon(text, at):
    """(token, end) of an emoticon that starts here, or None."""
    if text[at] not in ":;=":
        return None
    end = at + 1
    if end < len(text) and text[end] in "-'":
        end += 1
    if end >= len(text) or (end + 1 < len(text) and _is_name(text[end + 1])):
        return None
    if text[end] in SMILES:
        return "<smile>", end + 1
    if text[end] in FROWNS:
        return "<frown>", end + 1
    return None


def _word_end(low, at):
    end = at
    while end < len(low):
        if is_letter(low[end]) or (low[end] == "'" and end + 1 < len(low) and is_letter(low[end + 1])):
            end += 1
        else:
            break
    return end


def tokenize(text):
    """The tokens of a text as (token, is_capitals) pairs."""
    raw, out, at = text[:MAX_CHARS], [], 0
    low = [fold(c) for c in raw]
    while at < len(low) and len(out) < MAX_TOKENS:
        char, end, token, capitals = low[at], at + 1, None, False
        face = _emoticon(low, at)
        if face:
            token, end = face
        elif is_letter(char):
            end = _word_end(low, at)
            token = "".join(low[at:end])
            if token in ("http", "https", "www") and end < len(low) and low[end] in ":.":
                token, end = "<url>", _address_end(low, at)
            else:
                letters = [c for c in raw[at:end] if is_letter(c)]
                capitals = len(letters) > 1 and all(fold(c) != c for c in letters)
        elif is_digit(char):
            while end < len(low) and (is_digit(low[end]) or (low[end] in ".,:" and end + 1 < len(low) and is_digit(low[end + 1]))):
                end += 1
            token = "<num>"
        elif char == "@" and end < len(low) and _is_name(low[end]):
            while end < len(low) and _is_name(low[end]):
                end += 1
            token = "<user>"
        elif char in "!?.":
            while end < len(low) and low[end] == char:
                end += 1
            token = char if end - at == 1 else char * 2
        elif char == "\u2026":
            token = ".."
        elif char in ",;:\n\u2013\u2014":
            token = ","
        elif ord(char) >= 0x2190 and not _is_silent(ord(char)):
            token = char
        if token is not None:
            out.append((token, capitals))
        at = end
    return out


@lru_cache(maxsize=1)
def vader():
    """VADER's word valences (-4..4) and emoji descriptions (vaderSentiment, MIT)."""
    analyzer = SentimentIntensityAnalyzer()
    emojis = {}
    for emoji, words in analyzer.emojis.items():
        plain = [c for c in emoji if not _is_silent(ord(c))]
        if len(plain) == 1 and ord(plain[0]) >= 0x2190:
            emojis.setdefault(plain[0], words)
    return analyzer.lexicon, emojis


def spelled_out(text):
    """The text with its emoji and emoticons written as words, for the teacher, which knows no emoji."""
    _, emojis = vader()
    if all(ord(c) < 0x2190 for c in text):
        return text
    return "".join(f" {emojis[c]} " if c in emojis else ("" if _is_silent(ord(c)) else c) for c in text)
