//! Message by message.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde_json::{Value, json};

use crate::common::expand;
use crate::common::repo::Repo;
use crate::common::sample::Rng;
use crate::uri;

/// A server, and both ends of its wire.
struct Server {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Server {
    fn start(repo: &Repo) -> Self {
        let mut command = repo.keylint(&["lsp"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, output) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, input, output }
    }

    fn running(repo: &Repo) -> Self {
        let mut server = Self::start(repo);
        server.ask(0, "initialize", json!({"capabilities": {}}));
        server
    }

    fn raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    fn send(&mut self, message: &Value) {
        self.raw(&frame(&message.to_string()));
    }

    fn receive(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the server is gone");
            if line == "\r\n" {
                break;
            }
            if let Some(value) = line.strip_prefix("Content-Length: ") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut content = vec![0; length];
        self.output.read_exact(&mut content).unwrap();
        serde_json::from_slice(&content).unwrap()
    }

    /// Asks, and returns the answer's result or error; what the server says meanwhile is passed over.
    fn ask(&mut self, id: i64, method: &str, params: Value) -> Value {
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        loop {
            let answer = self.receive();
            if answer["id"] == json!(id) {
                return if answer["error"].is_null() {
                    answer["result"].clone()
                } else {
                    answer["error"]["code"].clone()
                };
            }
        }
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    fn exit_code(mut self) -> i32 {
        drop(self.input.take());
        self.child.wait().unwrap().code().unwrap()
    }
}

fn frame(content: &str) -> Vec<u8> {
    format!("Content-Length: {}\r\n\r\n{content}", content.len()).into_bytes()
}

#[test]
fn the_life_of_a_server() {
    let repo = Repo::new();
    let mut server = Server::start(&repo);
    assert_eq!(server.ask(1, "textDocument/hover", json!({})), json!(-32002), "before initialize");
    let offered = server.ask(2, "initialize", json!({"capabilities": {"general": {"positionEncodings": ["utf-8"]}}}));
    assert_eq!(offered["capabilities"]["positionEncoding"], "utf-8");
    assert_eq!(offered["capabilities"]["diagnosticProvider"], Value::Null, "the client does not ask for findings");
    assert_eq!(server.ask(3, "initialize", json!({})), json!(-32600), "twice");
    assert_eq!(server.ask(4, "shutdown", Value::Null), Value::Null);
    assert_eq!(server.ask(5, "textDocument/hover", json!({})), json!(-32600), "after shutdown");
    server.tell("exit", Value::Null);
    assert_eq!(server.exit_code(), 0);

    let mut hasty = Server::running(&repo);
    hasty.tell("exit", Value::Null);
    assert_eq!(hasty.exit_code(), 1, "exit without shutdown");
    assert_eq!(Server::running(&repo).exit_code(), 1, "the client is gone");
}

#[test]
fn what_makes_no_sense_is_answered_and_the_server_goes_on() {
    let repo = Repo::new();
    let mut server = Server::running(&repo);
    for (bytes, id, code) in [
        (frame("{"), Value::Null, -32700),
        (frame("\u{1}"), Value::Null, -32700),
        (frame("[]"), Value::Null, -32600),
        (frame(r#"{"id": 8, "method": []}"#), json!(8), -32600),
        (b"X-Header: 1\r\n\r\n".to_vec(), Value::Null, -32700),
    ] {
        server.raw(&bytes);
        let answer = server.receive();
        assert_eq!((&answer["id"], &answer["error"]["code"]), (&id, &json!(code)));
    }
    // Notifications get no answer, whatever they hold.
    for (method, params) in [
        ("$/unknown", json!({})),
        ("unknown/thing", json!(3)),
        ("textDocument/didOpen", json!({"textDocument": {"uri": 3}})),
        ("textDocument/didChange", json!({"textDocument": {"uri": "file:///nowhere"}})),
        ("textDocument/didClose", json!([])),
        ("workspace/didChangeWorkspaceFolders", json!({"event": {"added": [{}, {"uri": "untitled:x"}]}})),
    ] {
        server.tell(method, params);
    }
    assert_eq!(server.ask(9, "textDocument/formatting", json!({})), json!(-32601));
    assert_eq!(server.ask(10, "textDocument/hover", json!({"textDocument": {"uri": "file:///x"}})), json!(-32602));
    let document = json!({"uri": uri(&repo, "a.sh"), "version": 1, "languageId": "x", "text": "A=1\n"});
    server.tell("textDocument/didOpen", json!({"textDocument": document}));
    let bad = json!({"textDocument": {"uri": uri(&repo, "a.sh")}, "position": {"line": -1, "character": 0}});
    assert_eq!(server.ask(11, "textDocument/hover", bad), json!(-32602));
    assert_eq!(server.ask(12, "shutdown", Value::Null), Value::Null);
}

#[test]
fn a_cancelled_request_is_not_done() {
    let repo = Repo::committed(&[("a.sh", "A=1\n")]);
    let mut server = Server::running(&repo);
    let document = json!({"uri": uri(&repo, "a.sh"), "version": 1, "languageId": "x", "text": "A=1\n"});
    let at = json!({"textDocument": {"uri": uri(&repo, "a.sh")}, "position": {"line": 0, "character": 0}});
    // While the server walks the repository, question and cancellation arrive together, unless the reader was slow.
    let is_cancelled = (100..120).any(|id| {
        let messages = [
            json!({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": document}}),
            json!({"jsonrpc": "2.0", "method": "textDocument/didSave", "params": {"textDocument": document}}),
            json!({"jsonrpc": "2.0", "id": id, "method": "textDocument/diagnostic", "params": at}),
            json!({"jsonrpc": "2.0", "id": 10 * id, "method": "textDocument/hover", "params": at}),
            json!({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 10 * id}}),
        ];
        let bytes: Vec<u8> = messages.iter().flat_map(|message| frame(&message.to_string())).collect();
        server.raw(&bytes);
        loop {
            let answer = server.receive();
            if answer["id"] == json!(10 * id) {
                return answer["error"]["code"] == json!(-32800);
            }
        }
    });
    assert!(is_cancelled);
}

#[test]
fn no_secret_is_said() {
    let repo = Repo::new();
    let mut rng = Rng::from_entropy();
    let text = expand("export ANTHROPIC_API_KEY=@@anthropic-api-key@@\nexport X=@@github-pat@@\n", &mut rng);
    let secrets: Vec<&str> = text.lines().map(|line| line.split_once('=').unwrap().1).collect();
    let mut server = Server::running(&repo);
    let address = uri(&repo, "bin/run.sh");
    let document = json!({"uri": address, "version": 1, "languageId": "x", "text": text});
    server.tell("textDocument/didOpen", json!({"textDocument": document}));
    let said = server.receive();
    let rules: Vec<&Value> =
        said["params"]["diagnostics"].as_array().unwrap().iter().map(|found| &found["code"]).collect();
    assert_eq!(rules, ["secret-in-launcher", "secret-in-launcher"]);
    let place = json!({"line": 0, "character": 30});
    let identifier = json!({"uri": address});
    let hover = server.ask(1, "textDocument/hover", json!({"textDocument": identifier, "position": place}));
    assert!(hover["contents"]["value"].as_str().unwrap().starts_with("# secret-in-launcher\n"), "{hover}");
    let range = json!({"start": place, "end": place});
    let asked = json!({"textDocument": identifier, "range": range, "context": {"diagnostics": []}});
    let actions = server.ask(2, "textDocument/codeAction", asked);
    assert_eq!(actions.as_array().unwrap().len(), 1, "a client that can't make a file is not asked to: {actions}");
    for said in [said, hover, actions] {
        assert!(secrets.iter().all(|secret| !said.to_string().contains(secret)));
    }
}

#[test]
fn a_fix_that_takes_this_text_alone_is_offered() {
    let repo = Repo::committed(&[(".gitignore", "**/.claude/settings.local.json\n")]);
    let mut rng = Rng::from_entropy();
    let mut server = Server::running(&repo);
    let address = uri(&repo, ".claude/settings.local.json");
    let text = "{ \"env\": { \"é\": \"𝄞\", \"ANTHROPIC_BASE_URL\": \"https://api.z.ai/api/anthropic/v1/messages\", \
                \"ANTHROPIC_AUTH_TOKEN\": \"@@base62-key@@\" } }\n";
    let document = json!({"uri": address, "version": 7, "languageId": "json", "text": expand(text, &mut rng)});
    server.tell("textDocument/didOpen", json!({"textDocument": document}));
    let said = server.receive();
    let found =
        said["params"]["diagnostics"].as_array().unwrap().iter().find(|found| found["code"] == "base-url-malformed");
    let range = &found.unwrap()["range"];
    let asked = json!({"textDocument": {"uri": address}, "range": range, "context": {"diagnostics": []}});
    let actions = server.ask(2, "textDocument/codeAction", asked);
    let fixes: Vec<&Value> = actions
        .as_array()
        .unwrap()
        .iter()
        .filter(|action| action["title"].as_str().unwrap().starts_with("Fix base-url-malformed: "))
        .collect();
    let [fix] = fixes[..] else { panic!("{actions}") };
    let [edit] = &fix["edit"]["changes"][&address].as_array().unwrap()[..] else { panic!("{fix}") };
    let at = |character: usize| json!({"line": 0, "character": character});
    // Counted in UTF-16, as this client does: the sign before it takes two.
    let end = "{ 'env': { 'é': '..', 'ANTHROPIC_BASE_URL': 'https://api.z.ai/api/anthropic/v1/messages".chars().count();
    assert_eq!(edit["range"], json!({"start": at(end - "/v1/messages".len()), "end": at(end)}), "{edit}");
    assert_eq!(edit["newText"], "");
}
