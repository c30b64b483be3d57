#!/usr/bin/env python3
"""What the Anthropic SDKs send: every scenario with every pinned version, one line of JSON each.

    observe_sdk.py SCRATCH [RECORDING]

Installs the versions of versions.json below SCRATCH (kept for the next run) and writes RECORDING, by default
observed.jsonl beside this file. An SDK runs in an empty folder with an empty home and nothing in its environment but
the scenario's variables. It talks to a server on this machine; all values are made up.
"""

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
TIMEOUT = 60
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
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([folder / "bin/pip", "install", "--quiet", f"{package}=={version}"], check=True)
    else:
        (folder / "package.json").write_text('{"private": true}')
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", f"{package}@{version}"]
        subprocess.run(command, check=True, cwd=folder)
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


def write(folder, files, fill):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(fill(text))


def observe(language, folder, scenario):
    """Runs one scenario."""
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
        done = subprocess.run(client, cwd=work, env=environment, capture_output=True, text=True, timeout=TIMEOUT)
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
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    scratch = pathlib.Path(sys.argv[1]).resolve()
    recording = pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else HERE / "observed.jsonl"
    scenarios = [json.loads(line) for line in (HERE / "scenarios.jsonl").read_text().splitlines()]
    rows = []
    for language, pin in json.loads((HERE / "versions.json").read_text()).items():
        for generation in (name for name in pin if name != "package"):
            folder = install(scratch, language, pin["package"], pin[generation])
            rows += [(language, generation, pin[generation], folder, scenario) for scenario in scenarios]

    def run(row):
        language, generation, version, folder, scenario = row
        about = {"language": language, "generation": generation, "version": version, "scenario": scenario["name"]}
        return json.dumps(about | observe(language, folder, scenario), ensure_ascii=False)

    with ThreadPoolExecutor(max_workers=3) as pool:
        recording.write_text("".join(line + "\n" for line in pool.map(run, rows)))


if __name__ == "__main__":
    main()
