#!/usr/bin/env python3
"""Print random scenarios for observe.py, the same ones for the same seed.  Usage: generate.py --seed N --count M

The parts are drawn in proportions that people's configurations have, with mistakes mixed in, so that the outcomes mix as well:
sent to a gateway, to Anthropic or to a cloud provider; not logged in; invalid address; a settings file dropped.
"""
import argparse
import json
import random

SCOPES = ("user", "shared", "local", "flag")

BASES = [("$URL", 30), ("$URL/", 6), ("$URL/anthropic", 8), ("$URL/anthropic/", 4), ("$URL/v1", 4), ("$URL/v1/", 2),
         ("$URL/v1/messages", 2), ("$URL/a/b//", 1), ("https://gateway.test", 8), ("https://gateway.test:8443/x", 2),
         ("http://gateway.test", 4), ("HTTPS://Gateway.Test/Path", 2), ("https://api.anthropic.com", 6),
         ("https://api.anthropic.com/v1", 2), ("http://user:password@127.0.0.1:8931", 3), ("$URL/x?tenant=a", 2), ("$URL/x#top", 2),
         (" $URL ", 3), ("$URL\n", 2), ("gateway.test", 3), ("127.0.0.1:8931", 2), ('"$URL"', 2), ("", 5), ("  ", 2),
         ("http://gate way.test", 1), ("${GATEWAY}", 2)]

HEADERS = [("Authorization: Bearer {}", 6), ("authorization: Bearer {}", 2), ("AUTHORIZATION: Basic {}", 1), ("x-api-key: {}", 4),
           ("X-Api-Key: {}", 2), ("X-Tenant: {}", 6), ("X-Tenant: a\nAuthorization: Bearer {}", 3),
           ("X-Tenant: a\r\nx-api-key: {}\r\n", 1), ("Authorization: Bearer {0}\nx-api-key: {0}-key", 2), ("nonsense\nx-api-key: {}", 1),
           ("Authorization Bearer {}", 1), ("  Authorization :  Bearer {}  ", 1), ("", 2), ("X-Tenant: a\\nAuthorization: Bearer {}", 1),
           ("Authorization: Bearer one\nauthorization: Bearer {}", 1), ("x tenant: {}", 1), ("Authorization:", 1)]

HELPERS = [("echo {}", "{}", 60), ("echo '  {}  '", "  {}  ", 6), ("exit 3", "", 8), ("/no/such/program", "", 4),
           ("true", "", 4), ("echo {0}; echo {0}", "{0}\n{0}", 5), ("echo {}; exit 1", "", 4), ("", None, 4), ("  ", "", 2)]

PROVIDERS = {  # selector, base URL, switch that turns its own authentication off, what must be there, own credentials
    "bedrock": ("CLAUDE_CODE_USE_BEDROCK", "ANTHROPIC_BEDROCK_BASE_URL", "CLAUDE_CODE_SKIP_BEDROCK_AUTH", {},
                [{"AWS_BEARER_TOKEN_BEDROCK": "bedrock-token"},
                 {"AWS_ACCESS_KEY_ID": "aws-id", "AWS_SECRET_ACCESS_KEY": "aws-secret"}]),
    "vertex": ("CLAUDE_CODE_USE_VERTEX", "ANTHROPIC_VERTEX_BASE_URL", "CLAUDE_CODE_SKIP_VERTEX_AUTH",
               {"ANTHROPIC_VERTEX_PROJECT_ID": "project"}, [{"GOOGLE_APPLICATION_CREDENTIALS": "$HOME/google.json"}]),
    "foundry": ("CLAUDE_CODE_USE_FOUNDRY", "ANTHROPIC_FOUNDRY_BASE_URL", "CLAUDE_CODE_SKIP_FOUNDRY_AUTH",
                {"ANTHROPIC_FOUNDRY_RESOURCE": "resource"},
                [{"ANTHROPIC_FOUNDRY_API_KEY": "foundry-key"}, {"ANTHROPIC_FOUNDRY_AUTH_TOKEN": "foundry-token"},
                 {"ANTHROPIC_FOUNDRY_API_KEY": "foundry-key", "ANTHROPIC_FOUNDRY_AUTH_TOKEN": "foundry-token"}]),
    "mantle": ("CLAUDE_CODE_USE_MANTLE", "ANTHROPIC_BEDROCK_MANTLE_BASE_URL", "CLAUDE_CODE_SKIP_MANTLE_AUTH", {},
               [{"AWS_BEARER_TOKEN_BEDROCK": "bedrock-token"},
                {"AWS_ACCESS_KEY_ID": "aws-id", "AWS_SECRET_ACCESS_KEY": "aws-secret"}]),
    "aws": ("CLAUDE_CODE_USE_ANTHROPIC_AWS", "ANTHROPIC_AWS_BASE_URL", "CLAUDE_CODE_SKIP_ANTHROPIC_AWS_AUTH",
            {"ANTHROPIC_AWS_WORKSPACE_ID": "workspace"},
            [{"ANTHROPIC_AWS_API_KEY": "aws-key"}, {"AWS_ACCESS_KEY_ID": "aws-id", "AWS_SECRET_ACCESS_KEY": "aws-secret"}]),
}

MALFORMED = [lambda text: text[:-1] + ",}", lambda text: "// note\n" + text, lambda text: text[:-1], lambda text: text + " x",
             lambda text: "[" + text + "]", lambda text: "\ufeff" + text, lambda text: ""]

WRONG_TYPES = [{"apiKeyHelper": 3}, {"model": 3}, {"permissions": {"allow": "Bash"}}, {"statusLine": "x"}, {"cleanupPeriodDays": "x"},
               {"nonsense": [1]}, {"hooks": {"Nonsense": []}}, {"permissions": {"deny": ["Bash("]}}, {"hooks": {"PreToolUse": "x"}}]


class Draw:
    """One scenario in the making."""

    def __init__(self, rng):
        self.rng = rng
        self.env = {}
        self.settings = {scope: {} for scope in SCOPES}
        self.args, self.files, self.helper = [], {}, {}

    def chance(self, percent):
        return self.rng.random() * 100 < percent

    def pick(self, weighted):
        return self.rng.choices(weighted, [w[-1] for w in weighted])[0]

    def place(self):
        return self.rng.choices(("env", *SCOPES), (50, 12, 18, 14, 6))[0]

    def put(self, name, value, place=None):
        """Set a variable in a place (default: any); "{}" in the value becomes the place."""
        place = place or self.place()
        value = value.replace("{}", place).replace("{0}", place)
        if place == "env":
            self.env[name] = value
        else:
            self.settings[place].setdefault("env", {})[name] = value

    def credential(self, name, word):
        """Set a credential variable in one or two places; now and then cancelled, blank, padded or of another type."""
        for _ in range(2 if self.chance(20) else 1):
            shape = self.pick([("plain", 80), ("empty", 8), ("blank", 3), ("padded", 4), ("literal", 3)])[0]
            self.put(name, {"plain": word + "-{}", "empty": "", "blank": "  ", "padded": f" {word}-{{}}\n", "literal": "${" + word + "}"}[shape])
        if self.chance(4):
            scope = self.rng.choice(SCOPES)
            self.settings[scope].setdefault("env", {})[name] = self.rng.choice([12345, True, None, False, ["a", "b"], {"a": 1}, 0])

    def provider(self, kind):
        use, base, skip, need, own = PROVIDERS[kind]
        if self.chance(40):
            place = self.place()
            places = {name: place for name in (use, base, skip, *need)}
        else:
            places = {}
        self.put(use, self.pick([("1", 60), ("true", 15), ("yes", 3), ("TRUE", 2), ("0", 6), ("false", 4), ("", 5), ("banana", 3), (" 1 ", 2)])[0],
                 places.get(use))
        if self.chance(55):
            self.put(base, self.rng.choice(["$URL", "$URL/", "$URL/" + kind, "$URL/v1", "gateway.test", "https://gateway.test/x/"]),
                     places.get(base))
            if kind == "foundry":
                need = need if self.chance(10) else {}
        if not self.chance(10):
            for name, value in need.items():
                self.put(name, value, places.get(name))
        if self.chance(45):
            self.put(skip, self.pick([("1", 80), ("0", 10), ("true", 10)])[0], places.get(skip))
        if self.chance(60):
            credentials = self.rng.choice(own)
            for name, value in credentials.items():
                self.put(name, value, "env" if name.startswith(("AWS_ACC", "AWS_SEC", "GOOGLE")) else None)
                if name.startswith("GOOGLE"):
                    self.files["$HOME/google.json"] = json.dumps(
                        {"type": "authorized_user", "client_id": "c", "client_secret": "s", "refresh_token": "r"})

    def login(self):
        expired = self.chance(15)
        self.files["$HOME/.claude/.credentials.json"] = json.dumps({"claudeAiOauth": {
            "accessToken": "login-token", "refreshToken": "login-refresh", "expiresAt": 1000000000000 if expired else 4102444800000,
            "scopes": ["user:inference", "user:profile"], "subscriptionType": "max"}})

    def helpers(self):
        for scope in self.rng.sample(SCOPES, 2 if self.chance(20) else 1):
            command, prints, _ = self.pick(HELPERS)
            self.settings[scope]["apiKeyHelper"] = command.replace("{}", "helper-" + scope).replace("{0}", "helper-" + scope)
            if prints is not None:
                self.helper[scope] = prints.replace("{}", "helper-" + scope).replace("{0}", "helper-" + scope)

    def arguments(self):
        if self.chance(7):
            self.args.append("--bare")
        if self.chance(6):
            self.args += ["--model", self.rng.choice(["claude-model-arg", "claude-model-two"])]
        if self.chance(5):
            self.args += ["--setting-sources", self.rng.choice(["user", "project", "local", "user,project", "user,local", ""])]
        if self.chance(3):
            self.put("CLAUDE_CODE_SIMPLE", self.rng.choice(["1", "true", "0"]))
        if self.chance(8):
            self.put("ANTHROPIC_MODEL", "claude-model-{}")
        if self.chance(6):
            scope = self.rng.choice(SCOPES)
            self.settings[scope]["model"] = "claude-model-setting-" + scope

    def scenario(self, name):
        if self.chance(55):
            self.put("ANTHROPIC_BASE_URL", self.pick(BASES)[0])
        for variable, word, percent in (("ANTHROPIC_API_KEY", "key", 50), ("ANTHROPIC_AUTH_TOKEN", "token", 30),
                                        ("CLAUDE_CODE_OAUTH_TOKEN", "oauth", 14)):
            if self.chance(percent):
                self.credential(variable, word)
        if self.chance(14):
            self.helpers()
        if self.chance(14):
            self.put("ANTHROPIC_CUSTOM_HEADERS", self.pick(HEADERS)[0].replace("{}", "custom").replace("{0}", "custom"))
        if self.chance(14):
            self.login()
        if self.chance(26):
            for kind in self.rng.sample(sorted(PROVIDERS), 2 if self.chance(15) else 1):
                self.provider(kind)
        self.arguments()
        return self.finish(name)

    def finish(self, name):
        result = {"name": name}
        if self.env:
            result["env"] = self.env
        for scope in SCOPES:
            content = self.settings[scope]
            if not content:
                continue
            if self.chance(5):
                content.update(self.rng.choice(WRONG_TYPES))
            text = json.dumps(content)
            broken = self.rng.choice(MALFORMED)(text) if self.chance(5) else None
            result[scope] = content if broken is None else broken
        if self.args:
            result["args"] = self.args
        if self.files:
            result["files"] = self.files
        if self.helper:
            result["helper"] = self.helper  # by scope: whoever compares knows which one is in effect
        return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--count", type=int, required=True)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    for number in range(options.count):
        print(json.dumps(Draw(rng).scenario(f"random-{options.seed}-{number:04}"), ensure_ascii=False))


if __name__ == "__main__":
    main()
