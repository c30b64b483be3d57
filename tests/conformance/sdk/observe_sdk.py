#!/usr/bin/env python3
"""What the Anthropic SDKs send: every scenario with every pinned version, one line of JSON each.

    observe_sdk.py SCRATCH [RECORDING] [--like SAMPLE] [--isolated]

Installs the versions of versions.json below SCRATCH (kept for the next run) and writes RECORDING, by default
observed.jsonl beside this file; with SAMPLE, some lines of a recording, only those again. An SDK runs in an empty folder
with an empty home and nothing in its environment but the scenario's variables. It talks to a server on this machine; all
values are made up. Where the system allows it, everything after the installation has no network but loopback; with
--isolated it does not start otherwise, and the exit code is 3.
"""

import argparse
import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True  # the package takes every file of these folders
sys.path.insert(0, str(HERE.parent))
from network import leave_network  # noqa: E402

TIMEOUT = 60  # seconds for a message
TRIES = 3  # under load an SDK may only have been slow
INSTALLATION = 300  # seconds
ANSWER = json.dumps(
    {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [{"type": "text", "text": "hi"}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }
).encode()


def install(scratch, language, package, version):
    """The folder that has this version, made on first use."""
    folder = scratch / f"{language}-{version}"
    if (folder / "installed").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    if language == "python":
        subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=INSTALLATION)
        command = [folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check", f"{package}=={version}"]
        subprocess.run(command, check=True, timeout=INSTALLATION)
    else:
        (folder / "package.json").write_text('{"private": true}')
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", f"{package}@{version}"]
        subprocess.run(command, check=True, cwd=folder, timeout=INSTALLATION)
    (folder / "installed").touch()
    return folder


class Handler(http.server.BaseHTTPRequestHandler):
    """Notes requests and answers like the Messages API."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.requests.append((self.path, self.headers))
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *_):
        pass


def read(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def write(folder, files, fill):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(fill(text))


def observe(language, folder, scenario):
    """Runs one scenario, again where the SDK hangs."""
    for attempt in range(1, TRIES + 1):
        try:
            return observe_once(language, folder, scenario)
        except subprocess.TimeoutExpired:
            about = f"{folder.name} {scenario['name']}: did not end within {TIMEOUT} s, try {attempt} of {TRIES}"
            print(f"observe_sdk.py: {about}", file=sys.stderr, flush=True)
    sys.exit("observe_sdk.py: gave up, the SDK hangs")


def observe_once(language, folder, scenario):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.requests = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{server.server_port}"

    def fill(text):
        return text.replace("{server}", f"http://{host}").replace("{host}", host)

    def blank(text):
        return text and text.replace(f"http://{host}", "{server}").replace(host, "{host}")

    with tempfile.TemporaryDirectory() as empty:
        home, work = pathlib.Path(empty, "home"), pathlib.Path(empty, "work")
        home.mkdir()
        work.mkdir()
        write(work, scenario.get("files", {}), fill)
        write(home, scenario.get("home", {}), fill)
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "OBSERVE_SERVER": f"http://{host}"}
        environment |= {name: fill(value) for name, value in scenario["env"].items()}
        client = [folder / "bin/python", HERE / "client.py"] if language == "python" else ["node", HERE / "client.cjs", folder]
        try:
            done = subprocess.run(client, cwd=work, env=environment, capture_output=True, text=True, timeout=TIMEOUT)
        finally:
            server.shutdown()
            server.server_close()
    if done.returncode != 0 or len(server.requests) > 1:
        sys.exit(f"{language} {folder.name} {scenario['name']}: {done.stderr}")
    result = json.loads(done.stdout)
    path, headers = server.requests[0] if server.requests else (None, {})
    return {
        "sent": bool(server.requests),
        "base_url": blank(result["base_url"]),
        "path": path,
        "x_api_key": headers.get("x-api-key"),
        "authorization": headers.get("authorization"),
        "error": result["error"],
        "warns": "Using ANTHROPIC_API_KEY" in done.stderr,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scratch", type=pathlib.Path)
    parser.add_argument("recording", type=pathlib.Path, nargs="?", default=HERE / "observed.jsonl")
    parser.add_argument("--like", type=pathlib.Path, help="only the observations that this recording has")
    parser.add_argument("--isolated", action="store_true", help="do not start with any network but loopback")
    options = parser.parse_args()
    scenarios = read(HERE / "scenarios.jsonl")
    wanted = options.like and {(row["language"], row["version"], row["scenario"]) for row in read(options.like)}
    rows = []
    for language, pin in json.loads((HERE / "versions.json").read_text()).items():
        for generation in (name for name in pin if name != "package"):
            version = pin[generation]
            chosen = [it for it in scenarios if not wanted or (language, version, it["name"]) in wanted]
            if chosen:
                folder = install(options.scratch.resolve(), language, pin["package"], version)
                rows += [(language, generation, version, folder, scenario) for scenario in chosen]
    refused = leave_network()
    if refused:
        print(f"observe_sdk.py: the system gives no network namespace ({refused})", file=sys.stderr)
        if options.isolated:
            sys.exit(3)

    def run(row):
        language, generation, version, folder, scenario = row
        about = {"language": language, "generation": generation, "version": version, "scenario": scenario["name"]}
        return json.dumps(about | observe(language, folder, scenario), ensure_ascii=False)

    with ThreadPoolExecutor(max_workers=3) as pool:
        try:
            lines = [line + "\n" for line in pool.map(run, rows)]
        finally:
            pool.shutdown(cancel_futures=True)  # after a failure the rest need not run
    options.recording.write_text("".join(lines))


if __name__ == "__main__":
    main()
