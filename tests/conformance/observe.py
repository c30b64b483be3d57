#!/usr/bin/env python3
"""Run the real Claude Code client once per scenario and record the credentials it sends, and where to.

Usage:  observe.py CLAUDE_BINARY [SCENARIOS] [--jobs N] [--only TEXT] [--date DATE] [--timeout SECONDS] [--isolated]
        > observed.jsonl

SCENARIOS (default: scenarios.jsonl beside this program, "-" for standard input) holds one JSON object per line; README.md
describes both formats. Nothing leaves the machine: each scenario has its own loopback server, which is at once the base
URL that a scenario may name ("$URL", written down as http://127.0.0.1:8931) and the proxy for every other host, with
certificates of an authority that lives as long as the run. Where the system allows it, the run also gives up every network
but loopback; with --isolated it does not start otherwise. Use fake values only.

A client that does not end is stopped and started again; one that hangs in several scenarios ends the run.
Exit: 0 recorded, 2 gave up, 3 not started: no client that answers, or no network of its own.
"""
import argparse
import binascii
import concurrent.futures
import datetime
import gzip
import http.server
import json
import os
import re
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True  # the package takes every file of this folder
from network import Authority, leave_network  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
SHOWN = "127.0.0.1:8931"  # how scenarios and observations write the address of the scenario's server
TIMEOUT = 60  # seconds until a client counts as hanging
TRIES = 3  # starts of a client that hangs: under load it may only have been slow
HUNG = 3  # scenarios that hang until the run gives up

BASE_ENV = {
    "PATH": "/usr/bin:/bin",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "DISABLE_TELEMETRY": "1",
    "DISABLE_ERROR_REPORTING": "1",
    "DISABLE_AUTOUPDATER": "1",
    "CLAUDE_CODE_MAX_RETRIES": "0",
    "API_TIMEOUT_MS": "15000",
    "AWS_EC2_METADATA_DISABLED": "true",  # do not look for the cloud machine's own credentials
    "METADATA_SERVER_DETECTION": "none",
}


# ---------------------------------------------------------------------------------------------------------------------
# The server: every API and every proxy that the client can meet
# ---------------------------------------------------------------------------------------------------------------------

def message(model, content, stop_reason):
    return {"id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": content,
            "stop_reason": stop_reason, "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}}


def events(model):
    """The events of a streamed answer that says "ok"."""
    return [
        {"type": "message_start", "message": message(model, [], None)},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "ok"}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": {"output_tokens": 1}},
        {"type": "message_stop"},
    ]


def aws_frame(event):
    """One event in the framing that Bedrock streams (application/vnd.amazon.eventstream)."""
    payload = json.dumps({"bytes": binascii.b2a_base64(json.dumps(event).encode(), newline=False).decode()}).encode()
    headers = b""
    for name, value in ((":event-type", "chunk"), (":content-type", "application/json"), (":message-type", "event")):
        headers += bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    frame = prelude + struct.pack(">I", binascii.crc32(prelude)) + headers + payload
    return frame + struct.pack(">I", binascii.crc32(frame))


def token_answer(body):
    """The answer of an OAuth token endpoint; the token says which grant it came from."""
    text = body.decode("utf-8", "replace")
    kind = "google-token" if "client_secret" in text else "federated-token" if "jwt-bearer" in text else "login-refreshed"
    return {"access_token": kind, "refresh_token": "login-refresh-2", "token_type": "Bearer", "expires_in": 28800,
            "scope": "user:inference user:profile"}


class Api(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    origin = None  # of the tunnel that this connection became

    def log_message(self, *args):
        pass

    def do_CONNECT(self):
        host, _, port = self.path.rpartition(":")
        host = host.strip("[]")
        self.send_response(200)
        self.end_headers()
        self.wfile.flush()
        self.connection = self.server.authority.context(host).wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb", -1)
        self.wfile = self.connection.makefile("wb", 0)
        self.origin = "https://" + (f"[{host}]" if ":" in host else host) + ("" if port == "443" else f":{port}")
        self.close_connection = False

    def url(self):
        target = self.requestline.split(" ")[1]  # self.path lacks the second of two slashes at its start
        if self.origin:
            return self.origin + target
        if re.match("https?://", target, re.I):
            return target  # a plain http request through the proxy
        return f"http://{SHOWN}{target}"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        try:
            request = json.loads(body)
            request = request if isinstance(request, dict) else {}
        except ValueError:
            request = {}
        url = self.url()
        in_path = re.search(r"/models?/([^/:?]+(?:%3A\d+|:\d+)?)(?=/|:[a-zA-Z])", url)
        model = request.get("model") or (in_path and in_path[1])
        record = {
            "method": self.command, "url": url, "x-api-key": self.headers.get("x-api-key"),
            "authorization": self.headers.get("authorization"), "model": model,
            "prompt": "messages" in request and "max_tokens" in request,  # a count of tokens has no limit
            "streamed": bool(request.get("stream") or re.search("streamRawPredict|invoke-with-response-stream", url))}
        self.server.seen.append(record)
        kind, data = self.body(record, body)
        self.send_response(404 if "/api/claude_code/" in url else 200)  # there: no settings of an organisation
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def body(self, record, body):
        """The content type and the bytes of the answer."""
        url, model = record["url"], record["model"]
        if record["prompt"]:
            if "invoke-with-response-stream" in url:
                return "application/vnd.amazon.eventstream", b"".join(aws_frame(e) for e in events(model))
            if record["streamed"]:
                text = "".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in events(model))
                return "text/event-stream", text.encode()
            return "application/json", json.dumps(message(model, [{"type": "text", "text": "ok"}], "end_turn")).encode()
        if is_exchange(record):
            return "application/json", json.dumps(token_answer(body)).encode()
        return "application/json", b'{"data":[],"has_more":false,"input_tokens":1,"inferenceProfileSummaries":[]}'

    do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = do_PATCH = answer


def is_exchange(record):
    """Whether a request asks for a token: its body carries a credential, too."""
    return record["method"] == "POST" and bool(re.search(r"/token(?:[/?]|$)", record["url"])) and not record["prompt"]


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        pass  # the client drops connections when it stops


# ---------------------------------------------------------------------------------------------------------------------
# One scenario
# ---------------------------------------------------------------------------------------------------------------------

def as_text(content):
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)


running = set()


def stop_client(process):
    """Stop a client and what it may have left behind."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def stop_run(number, _frame):
    """Answer a signal: the clients do not hear it, each being in a session of its own."""
    for process in list(running):
        stop_client(process)
    print(f"observe.py: stopped by {signal.Signals(number).name}", file=sys.stderr, flush=True)
    os._exit(2)


def run_client(command, cwd, env, root, timeout):
    """Run the client in a process group of its own. Return what it printed, or None when it had to be stopped."""
    with open(root + "/stdout", "w+b") as out, open(root + "/stderr", "w+b") as err:
        process = subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                   start_new_session=True)
        running.add(process)
        try:
            process.wait(timeout)
            finished = True
        except subprocess.TimeoutExpired:
            finished = False
        stop_client(process)
        process.wait()
        running.discard(process)
        text = b""
        for stream in (out, err):
            stream.seek(0)
            text += stream.read() + b"\n"
        return text.decode("utf-8", "replace").strip() if finished else None


def outcome_of(requests, text):
    """The class of what happened, and the client's own words when nothing was sent."""
    if text is None:
        return "timeout"
    if requests:
        return "sent"
    for kind, pattern in (
            ("not-logged-in", r"Not logged in|Please run /login"),
            ("invalid-value", r"Invalid (API key|auth token|ANTHROPIC_CUSTOM_HEADERS) · Fix|Invalid header name"),
            ("bad-argument", r"^Error(:| processing --)"),
            ("invalid-url", r"Invalid URL|cannot be parsed as a URL|ERR_INVALID_URL|URL is invalid"),
            ("no-provider-credentials", r"Could not load \S+( Cloud)? credentials|Missing credentials|identity token"),
            ("incomplete-provider", r"(?i)project ?id|workspace ?id|resource.*base ?url|base ?url.*resource|missing required")):
        if re.search(pattern, text):
            return kind
    return "other"


def observe(claude, authority, scenario, timeout):
    """Run one scenario once; return its observation."""
    server = Server(("127.0.0.1", 0), Api)
    server.authority, server.seen = authority, []
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    address = f"127.0.0.1:{server.server_port}"
    root = tempfile.mkdtemp(prefix="observe-")

    def fill(value):
        for mark, text in (("$URL", "http://" + SHOWN), (SHOWN, address), ("$HOME", root + "/home"),
                           ("$PROJ", root + "/proj")):
            value = value.replace(mark, text)
        return value

    def unfill(value):
        for text, mark in ((address, SHOWN), (root + "/home", "$HOME"), (root + "/proj", "$PROJ"), (root, "$ROOT")):
            value = value.replace(text, mark)
        return value

    try:
        for folder in ("home/.claude", "proj/.claude"):
            os.makedirs(f"{root}/{folder}")
        subprocess.run(["git", "init", "-q", root + "/proj"], check=True)
        files = {root + "/" + path: as_text(scenario[scope]) for scope, path in (
            ("user", "home/.claude/settings.json"), ("shared", "proj/.claude/settings.json"),
            ("local", "proj/.claude/settings.local.json"), ("flag", "flag.json")) if scenario.get(scope) is not None}
        files.update({fill(path): as_text(content) for path, content in scenario.get("files", {}).items()})
        for path, content in files.items():
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as f:
                f.write(fill(content))
            os.chmod(path, 0o700)
        args = [fill(a) for a in scenario.get("args", [])]
        if scenario.get("flag") is not None:
            args = ["--settings", root + "/flag.json", *args]
        proxy = "http://" + address
        env = {**BASE_ENV, "HOME": root + "/home", "HTTPS_PROXY": proxy, "HTTP_PROXY": proxy, "NO_PROXY": "127.0.0.1",
               "NODE_EXTRA_CA_CERTS": authority.certificate}
        env.update({k: fill(v) for k, v in scenario.get("env", {}).items()})
        text = run_client([claude, *args, "-p", "hi"], root + "/proj", env, root, timeout)
    finally:
        server.shutdown()
        server.server_close()
        subprocess.run(["rm", "-rf", root])
    return observation(scenario["name"], server.seen, None if text is None else unfill(text), unfill)


def origin(url):
    return re.match(r"[a-zA-Z]+://[^/?#]*", url)[0]


def distinct(items):
    """ITEMS (objects that can be written as JSON) without repetition, in a fixed order."""
    return [json.loads(text) for text in sorted({json.dumps(item, ensure_ascii=False) for item in items})]


def observation(name, seen, text, unfill):
    """What is written down about a run that made the requests SEEN and printed TEXT.

    The prompt itself is always streamed. With some providers the client also asks, at the same time and without
    streaming, whether a model is there: such a probe counts only when it takes other credentials or goes to another host.
    """
    requests, probes, others, exchanges = [], [], [], set()
    for r in seen:
        if (r["authorization"] or "").startswith("AWS4-HMAC-SHA256"):
            r["authorization"] = "AWS4-HMAC-SHA256 …"
        r["url"] = unfill(r["url"])
        credentials = {"origin": origin(r["url"]), "x-api-key": r["x-api-key"], "authorization": r["authorization"]}
        if is_exchange(r):
            exchanges.add(r["url"])
        elif not r["prompt"]:
            others.append(credentials)
        elif r["streamed"]:
            requests.append({k: r[k] for k in ("url", "x-api-key", "authorization", "model")})
        else:
            probes.append(credentials)
    main = [{"origin": origin(r["url"]), "x-api-key": r["x-api-key"], "authorization": r["authorization"]} for r in requests]
    result = {"name": name, "outcome": outcome_of(requests, text), "requests": distinct(requests)}
    probes = distinct(p for p in probes if p not in main)
    if probes:
        result["probes"] = probes
    elsewhere = {o["origin"] for o in others if o["x-api-key"] or o["authorization"]} - {m["origin"] for m in main}
    if exchanges:
        result["exchanges"] = sorted(exchanges)
    if elsewhere:
        result["other_hosts"] = sorted(elsewhere)
    dropped = re.search(r"(?s)settings files? did not load.*", text or "")
    if dropped:
        result["dropped"] = sorted(set(re.findall(r"\$(?:HOME|PROJ|ROOT)/[^\s:]*", dropped[0]))) or ["?"]
    if not requests:
        text = re.sub(r"\.corrupted\.\d+", ".corrupted.TIME", text or "")
        result["message"] = re.sub(r"\s+", " ", text)[:200]
    return result


# ---------------------------------------------------------------------------------------------------------------------

class Patience:
    """Runs scenarios, again where the client hangs, until it has hung in too many."""

    def __init__(self, claude, authority, timeout):
        self.claude, self.authority, self.timeout = claude, authority, timeout
        self.hung = []

    def observe(self, scenario):
        """The observation, or None after the run was given up."""
        for attempt in range(1, TRIES + 1):
            if len(self.hung) >= HUNG:
                return None
            result = observe(self.claude, self.authority, scenario, self.timeout)
            if result["outcome"] != "timeout":
                return result
            print(f"observe.py: {scenario['name']}: the client did not end within {self.timeout:g} s, "
                  f"try {attempt} of {TRIES}", file=sys.stderr, flush=True)
        self.hung.append(scenario["name"])
        return result


def unusable(why):
    print(f"observe.py: {why}", file=sys.stderr)
    sys.exit(3)


def client_version(claude, timeout):
    with tempfile.TemporaryDirectory(prefix="observe-") as root:
        try:
            text = run_client([claude, "--version"], root, {**BASE_ENV, "HOME": root}, root, timeout)
        except OSError as error:
            unusable(f"cannot start the client: {error}")
    if text is None:
        unusable(f"the client hangs: --version did not end within {timeout:g} s")
    return text.split()[0] if text else "unknown"


def read_scenarios(stream):
    scenarios = [json.loads(line) for line in stream if line.strip()]
    names = [s["name"] for s in scenarios]
    twice = {n for n in names if names.count(n) > 1}
    if twice:
        sys.exit("names used twice: " + ", ".join(sorted(twice)))
    return scenarios


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("claude")
    parser.add_argument("scenarios", nargs="?", default=HERE + "/scenarios.jsonl")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", help="only the scenarios whose name contains this text")
    parser.add_argument("--date", default=datetime.date.today().isoformat())
    parser.add_argument("--timeout", type=float, default=TIMEOUT, help="seconds for one run of the client")
    parser.add_argument("--isolated", action="store_true", help="do not start with any network but loopback")
    options = parser.parse_args()
    claude = os.path.abspath(options.claude)
    with sys.stdin if options.scenarios == "-" else open(options.scenarios, encoding="utf-8") as f:
        scenarios = [s for s in read_scenarios(f) if not options.only or options.only in s["name"]]
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop_run)
    refused = leave_network()
    if refused and options.isolated:
        unusable(f"the system gives no network namespace ({refused}), and the client may not run with another network")
    if refused:
        print(f"observe.py: the system gives no network namespace ({refused}); the client is only asked to use the "
              "loopback proxy", file=sys.stderr)
    started = time.time()
    with tempfile.TemporaryDirectory(prefix="observe-ca-") as folder, \
            concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        patience = Patience(claude, Authority(folder), options.timeout)
        print(json.dumps({"client": client_version(claude, options.timeout), "date": options.date}), flush=True)
        for result in pool.map(patience.observe, scenarios):
            if result:
                print(json.dumps(result, ensure_ascii=False), flush=True)
    if len(patience.hung) >= HUNG:
        print("observe.py: gave up, the client hangs: " + ", ".join(sorted(patience.hung)), file=sys.stderr)
        sys.exit(2)
    print(f"observe.py: {len(scenarios)} scenarios, {time.time() - started:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
