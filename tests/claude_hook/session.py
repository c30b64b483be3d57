#!/usr/bin/env python3
"""Let the real Claude Code make tool calls that a loopback server asks for, with keylint's plugin in place.

Usage:  session.py CLAUDE PLUGIN PROJECT KEYLINT_FOLDER < calls.json

Standard input holds a JSON array of tool calls, {"name", "input"}; the server asks for one after the other, as a model
would, and then ends the turn. Standard output gets a JSON object: what the client answered to each call, and every text
that it sent to the model. Exit 3: the client can't be run here, with the reason on standard error.
"""
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "conformance"))
sys.dont_write_bytecode = True
import network
from observe import BASE_ENV


def events(model, number, call):
    """A streamed answer: one tool call, or the end of the turn."""
    message = {"id": f"msg_{number}", "type": "message", "role": "assistant", "model": model, "content": [],
               "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}}
    if call:
        block = {"type": "tool_use", "id": f"toolu_{number}", "name": call["name"], "input": {}}
        delta = {"type": "input_json_delta", "partial_json": json.dumps(call["input"])}
    else:
        block, delta = {"type": "text", "text": ""}, {"type": "text_delta", "text": "done"}
    return [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "tool_use" if call else "end_turn", "stop_sequence": None},
         "usage": {"output_tokens": 1}},
        {"type": "message_stop"},
    ]


def blocks_of(message):
    """The blocks of a message, whose content may be a text instead."""
    content = message["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


class Api(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        kind, data = "application/json", b'{"data":[],"input_tokens":1}'
        try:
            request = json.loads(body)
        except ValueError:
            request = {}
        if request.get("stream") and "messages" in request:
            kind, data = "text/event-stream", self.turn(request).encode()
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def turn(self, request):
        server = self.server
        with server.lock:
            call = None
            # Side questions of the client, such as for a title, come without tools.
            if request.get("tools"):
                server.requests.append(request["messages"])
                answered = sum(block["type"] == "tool_result" for message in request["messages"]
                               for block in blocks_of(message))
                call = server.calls[answered] if answered < len(server.calls) else None
            server.number += 1
            number = server.number
        return "".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in events(request.get("model"), number, call))

    do_GET = do_POST = do_HEAD = do_PUT = answer


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        pass  # the client drops connections when it stops


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    claude, plugin, project, keylint = (os.path.abspath(argument) for argument in sys.argv[1:])
    refused = network.leave_network()
    if refused:
        print(f"no network of its own: {refused}", file=sys.stderr)
        sys.exit(3)
    server = Server(("127.0.0.1", 0), Api)
    server.lock, server.calls, server.requests, server.number = threading.Lock(), json.load(sys.stdin), [], 0
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="session-") as home:
        env = {**BASE_ENV, "HOME": home, "PATH": f"{keylint}:{BASE_ENV['PATH']}", "ANTHROPIC_API_KEY": "key-env",
               "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{server.server_port}"}
        command = [claude, "-p", "go on", "--plugin-dir", plugin, "--permission-mode", "acceptEdits",
                   "--allowedTools", "Write", "Edit", "NotebookEdit", "Read"]
        try:
            done = subprocess.run(command, cwd=project, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  timeout=90)
        except (OSError, subprocess.TimeoutExpired) as error:
            print(f"the client can't be run: {type(error).__name__}", file=sys.stderr)
            sys.exit(3)
    blocks = [block for message in (server.requests[-1] if server.requests else []) for block in blocks_of(message)]
    results = [{"error": bool(block.get("is_error")), "text": json.dumps(block.get("content"), ensure_ascii=False)}
               for block in blocks if block["type"] == "tool_result"]
    texts = [block["text"] for block in blocks if block["type"] == "text"]
    json.dump({"exit": done.returncode, "printed": done.stdout + done.stderr, "results": results, "texts": texts}, sys.stdout)


if __name__ == "__main__":
    main()
