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
         ("http://gate way.test", 1), ("${GATEWAY}", 2), ("https://bücher.test", 2), ("http://127.1:8931", 1), ("https://[2001:DB8::0:1]/x", 1),
         ("\ufeff$URL", 1)]

HEADERS = [("Authorization: Bearer {}", 6), ("authorization: Bearer {}", 2), ("AUTHORIZATION: Basic {}", 1), ("x-api-key: {}", 4),
           ("X-Api-Key: {}", 2), ("X-Tenant: {}", 6), ("X-Tenant: a\nAuthorization: Bearer {}", 3),
           ("X-Tenant: a\r\nx-api-key: {}\r\n", 1), ("Authorization: Bearer {0}\nx-api-key: {0}-key", 2), ("nonsense\nx-api-key: {}", 1),
           ("Authorization Bearer {}", 1), ("  Authorization :  Bearer {}  ", 1), ("", 2), ("X-Tenant: a\\nAuthorization: Bearer {}", 1),
           ("Authorization: Bearer one\nauthorization: Bearer {}", 1), ("x tenant: {}", 1), ("Authorization:", 2),
           ("x-api-key:", 2), ("Authorization: Bearer {}\nAuthorization:", 1), ("X-Tenant: a\rb", 1), ("X-Tenant: ü{}", 1)]

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

REGIONS = [("eu-central-1", 40), ("EU-West-1", 10), ("", 10), (" ap-south-1 ", 10), ("not a region", 10), ("a.b", 5)]

AWS_FILES = [("config", "[default]\nregion = eu-north-1\n"), ("config", "[profile work]\nregion = eu-north-1\n"),
             ("config", "[default]\noutput = json\ns3 =\n  region = x\n"), ("credentials", "[default]\nregion=eu-south-1 # here\n")]

MODELS = ["claude-model-arg", "claude-model-two", "haiku", "sonnet", "anthropic.claude-opus-5-5", "claude-haiku-4-5", "opus[1m]"]

FOLDERS = [("$HOME/cfg", 60), ("cfg", 15), ("", 10), ("$HOME/.claude", 10), ("$HOME/none", 5)]

COMMAND = {"type": "command", "command": "true"}

WRONG_TYPES = [{"statusLine": {"type": "other"}}, {"statusLine": COMMAND}, {"permissions": {"defaultMode": "manual"}},
               {"hooks": {"PreToolUse": [{"hooks": [{"type": "command"}]}]}}, {"hooks": {"PostToolUse": [{"hooks": [{"type": "command"}]}]}},
               {"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [COMMAND]}]}}, {"verbose": "yes"}, {"cleanupPeriodDays": 0},
               {"apiKeyHelper": 3}, {"model": 3}, {"permissions": {"allow": "Bash"}}, {"statusLine": "x"}, {"cleanupPeriodDays": "x"},
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
            shape = self.pick([("plain", 80), ("empty", 8), ("blank", 3), ("padded", 4), ("literal", 3), ("odd", 3)])[0]
            odd = self.rng.choice(["\x01", "\x7f", "\ufeff", "é", "\u200b", "\r", "\t"])
            self.put(name, {"plain": word + "-{}", "empty": "", "blank": "  ", "padded": f" {word}-{{}}\n", "literal": "${" + word + "}",
                             "odd": self.rng.choice([word + odd + "{}", odd + word + "-{}" + odd])}[shape])
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

    def cloud_details(self):
        """What says where a cloud provider is."""
        if self.chance(25):
            self.put(self.rng.choice(["AWS_REGION", "AWS_DEFAULT_REGION", "CLOUD_ML_REGION"]), self.pick(REGIONS)[0])
        if self.chance(15):
            name, text = self.rng.choice(AWS_FILES)
            self.files["$HOME/.aws/" + name] = text
        if self.chance(6):
            self.put("AWS_PROFILE", "work")
        if self.chance(8):
            self.put("ANTHROPIC_FOUNDRY_RESOURCE", self.rng.choice(["https://res.test", "r", "my-res"]))
        if self.chance(10):
            self.put("VERTEX_REGION_CLAUDE_HAIKU_4_5", "europe-west4")

    def login(self, folder="$HOME/.claude", token="login-token", may_expire=True):
        expired = self.chance(15) and may_expire
        scopes = self.pick([(["user:inference", "user:profile"], 90), (["user:profile"], 10)])[0]
        self.files[folder + "/.credentials.json"] = json.dumps({"claudeAiOauth": {
            "accessToken": token, "refreshToken": "login-refresh", "expiresAt": 1000000000000 if expired else 4102444800000,
            "scopes": scopes, "subscriptionType": "max"}})

    def global_file(self, path="$HOME/.claude.json"):
        """`~/.claude.json`: a Console login, variables, or something broken."""
        content = {}
        if self.chance(60):
            content["primaryApiKey"] = self.pick([("key-primary", 85), ("", 10), (5, 5)])[0]
        if self.chance(40):
            content["env"] = {self.rng.choice(["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"]): "json-value"}
        self.files[path] = "{broken" if self.chance(4) else content

    def moved(self):
        """Another folder for the user's files."""
        folder = self.pick(FOLDERS)[0]
        self.put("CLAUDE_CONFIG_DIR", folder, self.rng.choices(("env", *SCOPES), (50, 20, 10, 5, 15))[0])
        there = {"cfg": "$PROJ/cfg", "": "$PROJ"}.get(folder, folder)
        if self.chance(50):
            self.files.setdefault(there + "/settings.json", {"env": {self.rng.choice(["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"]): "moved-value"}})
            if folder == "$HOME/.claude":
                del self.files[there + "/settings.json"]  # it is the user's own
        if self.chance(40):
            # Into a folder without a name the client can't write a renewed login: it stops, whoever is asked (observed 2026-11-22).
            self.login(there, "login-moved", may_expire=folder != "")
        if self.chance(20) and folder:
            self.global_file(there + "/.claude.json")

    def early(self, name, value):
        self.put(name, value, self.rng.choices(("env", *SCOPES), (70, 14, 5, 3, 8))[0])

    def federation(self):
        for name, value, percent in (("ANTHROPIC_FEDERATION_RULE_ID", "fdrl_1", 90), ("ANTHROPIC_ORGANIZATION_ID", "org-1", 90),
                                     ("ANTHROPIC_IDENTITY_TOKEN", "identity-token", 60), ("ANTHROPIC_IDENTITY_TOKEN_FILE", "$HOME/id", 40)):
            if self.chance(percent):
                self.early(name, value)
        if self.chance(60):
            self.files["$HOME/id"] = "identity-file"

    def profile(self):
        name = self.pick([("mine", 50), ("default", 45), ("my profile", 5)])[0]
        root = "$HOME/.config/anthropic"
        if name != "default" or self.chance(20):
            if self.chance(75):
                self.early("ANTHROPIC_PROFILE", self.pick([(name, 90), ("other", 5), (" ", 5)])[0])
            else:
                self.files[root + "/active_config"] = name + "\n"
        if self.chance(15):
            variable, path = self.rng.choice([("ANTHROPIC_CONFIG_DIR", "$HOME/ant"), ("XDG_CONFIG_HOME", "$HOME/xdg")])
            self.early(variable, path)
            root = path + ("/anthropic" if variable.startswith("XDG") and self.chance(90) else "")
        if self.chance(65):
            authentication = {"type": "user_oauth"}
        else:
            authentication = {"type": "oidc_federation", "federation_rule_id": "fdrl_2", "identity_token": {"source": "file", "path": "$HOME/id"}}
            if self.chance(80):
                self.files["$HOME/id"] = "identity-file"
        config = {"version": "1.0", "authentication": authentication}
        if self.chance(85):
            config["organization_id"] = "org-2"
        if self.chance(30):
            config["base_url"] = self.pick([base for base in BASES if "#" not in base[0] and "\n" not in base[0]])[0]
        self.files[f"{root}/configs/{name}.json"] = "{broken" if self.chance(4) else config
        if self.chance(85 if authentication["type"] == "user_oauth" else 20):
            self.files[f"{root}/credentials/{name}.json"] = {"version": "1.0", "type": "oauth_token", "access_token": "profile-token",
                                                             "refresh_token": "profile-refresh", "expires_at": 4102444800}

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
            self.args += ["--model", self.rng.choice(MODELS)]
        if self.chance(5):
            self.args += ["--setting-sources", self.rng.choice(["user", "project", "local", "user,project", "user,local", ""])]
        if self.chance(3):
            self.put("CLAUDE_CODE_SIMPLE", self.rng.choice(["1", "true", "0"]))
        if self.chance(8):
            self.put("ANTHROPIC_MODEL", self.rng.choice(["claude-model-{}", *MODELS]))
        if self.chance(2):
            self.early("CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST", "1")
        if self.chance(6):
            scope = self.rng.choice(SCOPES)
            self.settings[scope]["model"] = "claude-model-setting-" + scope

    def scenario(self, name):
        if self.chance(55):
            self.put("ANTHROPIC_BASE_URL", self.pick(BASES)[0])
        account = 4 if self.chance(25) else 1  # what is saved on the machine matters where nothing outranks it
        for variable, word, percent in (("ANTHROPIC_API_KEY", "key", 50), ("ANTHROPIC_AUTH_TOKEN", "token", 30),
                                        ("CLAUDE_CODE_OAUTH_TOKEN", "oauth", 14)):
            if self.chance(percent / account / account):
                self.credential(variable, word)
        if self.chance(14):
            self.helpers()
        if self.chance(14):
            self.put("ANTHROPIC_CUSTOM_HEADERS", self.pick(HEADERS)[0].replace("{}", "custom").replace("{0}", "custom"))
        if self.chance(14 * min(account, 2)):
            self.login()
        if self.chance(26 / account):
            for kind in self.rng.sample(sorted(PROVIDERS), 2 if self.chance(15) else 1):
                self.provider(kind)
            self.cloud_details()
        if self.chance(7 * account):
            self.global_file()
        if self.chance(7 * account):
            self.federation()
        if self.chance(9 * account):
            self.profile()
        if self.chance(8 * account):
            self.moved()
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
