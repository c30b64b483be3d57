#!/usr/bin/env python3
"""Random systemd units and launchd property lists, and the environment that each sets.

The property lists are written and read by plistlib. The units are read by a model of systemd.syntax(7) and
systemd.exec(5) that shares nothing with the linter: a state machine over characters. It was held against systemd 252
(`systemd --system --test`, 3,000 units, 2026-11-21): no difference but for specifiers such as `%n`, which it leaves alone.
"""

import json
import plistlib
import random
import sys

NAMES = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "ANTHROPIC_MODEL"]
ESCAPES = {"n": "\n", "t": "\t", "s": " ", "\\": "\\", '"': '"', "'": "'"}


def split(text):
    """The words of a line; None behind a word that is broken."""
    words, word, quote, index = [], None, "", 0
    while index < len(text):
        char = text[index]
        index += 1
        if char == "\\":
            if index >= len(text) or text[index] not in ESCAPES and text[index] != "x":
                return words
            if text[index] == "x":
                word = (word or "") + chr(int(text[index + 1 : index + 3], 16))
                index += 3
            else:
                word = (word or "") + ESCAPES[text[index]]
                index += 1
        elif quote and char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote, word = char, word or ""
        elif not quote and char in " \t":
            if word is not None:
                words.append(word)
            word = None
        else:
            word = (word or "") + char
    if not quote and word is not None:
        words.append(word)
    return words


def logical(text):
    held = ""
    for line in text.split("\n"):
        if line.lstrip().startswith(("#", ";")):
            continue
        if line.endswith("\\"):
            held += line[:-1] + " "
            continue
        yield held + line
        held = ""


def model(text):
    env, gone = {}, []
    for line in logical(text):
        name, equals, value = line.strip().partition("=")
        value = value.strip()
        if not equals:
            continue
        if name == "Environment":
            if not value:
                env = {}
            for word in split(value):
                key, equals, rest = word.partition("=")
                if equals and key.isidentifier():
                    env[key] = rest.replace("%%", "%")
        elif name == "UnsetEnvironment":
            gone = gone + split(value) if value else []
    return {key: value for key, value in env.items() if key not in gone}


def draw(rng, alphabet, most=6):
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(0, most)))


def unit(rng):
    lines = ["[Service]"]
    for _ in range(rng.randint(1, 6)):
        kind = rng.random()
        if kind < 0.1:
            lines.append("Environment=")
        elif kind < 0.2:
            lines.append("UnsetEnvironment=" + " ".join(rng.sample(NAMES, 2)))
        elif kind < 0.3:
            lines.append(rng.choice(["#", ";", " # "]) + "Environment=ANTHROPIC_MODEL=no")
        else:
            words = []
            for _ in range(rng.randint(1, 3)):
                name = rng.choice(NAMES)
                plain = draw(rng, "abc/:.=%%"[:8], 5)
                text = draw(rng, "ab c'=\\\"", 5)
                word = rng.choice(
                    [
                        f"{name}={plain}",
                        '"' + name + "=" + text.replace("\\", "\\\\").replace('"', '\\"') + '"',
                        f"{name}='" + text.replace("\\", "\\x5c").replace("'", "\\'") + "'" + plain,
                        f"'{name}={plain} \\t{plain}'",
                    ]
                )
                words.append(word)
            if rng.random() < 0.1:
                words.append(rng.choice(['"open', "bad\\q", "word"]))
            glue = rng.choice([" ", "  ", " \\\n  ", " \\\n# note\n\t"])
            lines.append(rng.choice(["", " "]) + "Environment=" + glue.join(words))
    text = "\n".join(lines + ["ExecStart=/usr/bin/claude -p hi", ""])
    return text, model(text)


def plist(rng):
    env = {rng.choice(NAMES): draw(rng, "ab <>&'\"é\n", 8) for _ in range(rng.randint(0, 4))}
    job = {
        "Label": draw(rng, "ab<&"),
        "EnvironmentVariables": env,
        "ProgramArguments": ["/usr/local/bin/claude", "-p", draw(rng, "a &<")],
        "RunAtLoad": True,
        "StartCalendarInterval": {"Hour": 3, "Label": "x"},
        "WatchPaths": ["a", "b"],
        "Data": b"abc",
    }
    keys = list(job)
    rng.shuffle(keys)
    text = plistlib.dumps({key: job[key] for key in keys}, sort_keys=False)
    return text.decode(), plistlib.loads(text)["EnvironmentVariables"]


if __name__ == "__main__":
    kind, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    rng = random.Random(seed)
    make = {"systemd": unit, "plist": plist}[kind]
    cases = [make(rng) for _ in range(count)]
    json.dump([{"text": text, "env": env} for text, env in cases], sys.stdout)
