//! Findings in source code: each row is one file; the marker in it, if there is one, is all that is reported.
#![allow(clippy::unwrap_used)]

mod common;

use common::sample::Rng;
use common::{expand, position};
use keylint::config::Config;
use keylint::lint::{self, Report};
use keylint::source::memory::Memory;

const LEAKS: &[(&str, &str)] = &[
    ("a.py", "c = Anthropic(\n    timeout=3,\n    api_key=\"@@base62-key@@\",\n)\n"),
    ("a.py", "c = Anthropic(\n    api_key=\"my-anthropic-api-key\",\n)\n"),
    ("a.py", "c = Anthropic(api_key=\"sk-ant-...\")  # sk-ant-your-key-here\n"),
    ("a.py", "API_KEY = '@@base62-key@@'\nc = Anthropic(api_key=API_KEY)\n"),
    ("a.py", "import anthropic\nPAGE_KEY = 'Zm9vYmFyYmF6cXV4Zm9vYmFy1'\n"),
    ("a.py", "os.environ['ANTHROPIC_API_KEY'] = '@@base62-key@@'\n"),
    ("a.py", "os.environ['ANTHROPIC_API_KEY'] = getpass()\n"),
    ("a.py", "os.environ.setdefault('OPENAI_API_KEY', '@@base62-key@@')  # not anthropic\n"),
    ("a.py", "# os.environ['ANTHROPIC_API_KEY'] = '@@base62-key@@'\n"),
    ("a.py", "# os.environ['ANTHROPIC_API_KEY'] = 'your-key-here'\n"),
    ("a.py", "k = os.environ.get('ANTHROPIC_API_KEY', '@@base62-key@@')\n"),
    ("a.py", "k = os.environ.get('ANTHROPIC_API_KEY', 'DUMMY_KEY') or os.getenv('ANTHROPIC_API_KEY')\n"),
    ("a.py", "requests.post('https://api.anthropic.com', headers={'x-api-key': '@@base62-key@@'})\n"),
    (
        "a.py",
        "requests.post('https://api.anthropic.com', headers={'x-api-key': key, 'X-Request-Id': 'Zm9vYmFyYmF6cXV4Zm9vYmFy1'})\n",
    ),
    ("a.py", "subprocess.run(['curl', '-H', 'x-api-key: @@base62-key@@', 'https://api.anthropic.com'])\n"),
    ("a.py", "subprocess.run(['docker', 'run', '-e', 'ANTHROPIC_API_KEY=@@base62-key@@', 'x'])\n"),
    ("a.py", "subprocess.run(['docker', 'run', '-e', 'ANTHROPIC_API_KEY', 'x'])\n"),
    ("a.py", "os.system('ANTHROPIC_API_KEY=@@base62-key@@ claude -p x')\n"),
    ("a.py", "print('export ANTHROPIC_API_KEY=your_api_key')\n"),
    ("a.ts", "const c = new Anthropic({\n  apiKey: '@@base62-key@@',\n});\n"),
    ("a.ts", "const c = new Anthropic({\n  apiKey: `${process.env.ANTHROPIC_API_KEY}`,\n});\n"),
    ("a.ts", "const c = createAnthropic({ authToken: '@@base62-key@@' });\n"),
    ("a.ts", "process.env.ANTHROPIC_AUTH_TOKEN = '@@zai-key@@';\n"),
    ("a.ts", "process.env.ANTHROPIC_AUTH_TOKEN = 'ollama';\n"),
    ("a.ts", "const k = process.env.ANTHROPIC_API_KEY || '@@base62-key@@';\n"),
    ("a.ts", "const k = process.env.ANTHROPIC_API_KEY || '';\n"),
    ("a.ts", "const names = { ANTHROPIC_AUTH_TOKEN: 'ZAI_API_KEY', ANTHROPIC_API_KEY: 'env:ANTHROPIC_API_KEY' };\n"),
    ("a.ts", "const schema = z.object({ ANTHROPIC_API_KEY: z.string(), ANTHROPIC_AUTH_TOKEN: z.string() });\n"),
    ("a.go", "c := anthropic.NewClient(option.WithAPIKey(\"@@base62-key@@\"))\n"),
    ("a.go", "c := anthropic.NewClient(option.WithAPIKey(os.Getenv(\"ANTHROPIC_API_KEY\")))\n"),
    ("a.go", "os.Setenv(\"ANTHROPIC_API_KEY\", \"@@base62-key@@\")\n"),
    ("a.go", "cmd.Env = append(os.Environ(), \"ANTHROPIC_API_KEY=@@base62-key@@\")\n"),
    ("A.java", "var c = AnthropicOkHttpClient.builder()\n    .apiKey(\"@@base62-key@@\")\n    .build();\n"),
    ("A.java", "var c = AnthropicOkHttpClient.builder().apiKey(props.apiKey()).build();\n"),
    ("a.kt", "val c = AnthropicOkHttpClient.builder().apiKey(\"@@base62-key@@\").build()\n"),
    ("a.rb", "c = Anthropic::Client.new(api_key: \"@@base62-key@@\")\n"),
    ("a.rb", "c = Anthropic::Client.new(access_token: ENV[\"ANTHROPIC_API_KEY\"])\n"),
    ("a.rb", "ENV['ANTHROPIC_API_KEY'] ||= '@@base62-key@@'\n"),
    ("a.cs", "var c = new AnthropicClient { APIKey = \"@@base62-key@@\" };\n"),
    ("a.cs", "var c = new AnthropicClient(new APIAuthentication(\"@@base62-key@@\"));\n"),
    ("a.cs", "var c = new AnthropicClient(new APIAuthentication(\"fake-key\"));\n"),
    (
        "n.ipynb",
        "{\"cells\": [{\"cell_type\": \"code\", \"source\": [\"c = Anthropic(\\n\", \"  api_key=\\\"@@base62-key@@\\\")\"]}]}\n",
    ),
    // Of a test only what can be nothing else.
    ("tests/test_a.py", "c = Anthropic(api_key='@@anthropic-api-key@@')\n"),
    ("tests/test_a.py", "c = Anthropic(api_key='Zm9vYmFyYmF6cXV4Zm9vYmFy1', base_url='http://gateway.test')\n"),
    ("src/a_test.go", "t.Setenv(\"ANTHROPIC_API_KEY\", \"144c9defac04969c7bfad8efaa8ea194\")\n"),
];

fn lint(path: &str, body: &str) -> Report {
    let memory = Memory::repository([(path, body)]);
    lint::check(&memory.snapshot, &memory, &Config::default())
}

/// `line:column rule` of everything that is reported.
fn places(report: &Report) -> Vec<String> {
    let place = |finding: &keylint::finding::Finding| {
        let start = finding.primary.start;
        format!("{}:{} {}", start.line, start.column, finding.rule.slug)
    };
    report.findings.iter().map(place).collect()
}

#[test]
fn leaks_stand_where_they_are() {
    let mut rng = Rng::from_entropy();
    for (path, body) in LEAKS {
        let found: Vec<String> = places(&lint(path, &expand(body, &mut rng)))
            .into_iter()
            .filter(|place| !place.ends_with("secret-on-command-line"))
            .collect();
        let marker = body.find("@@").map(|at| position(body, at));
        let expected: Vec<String> =
            marker.iter().map(|(line, column)| format!("{line}:{column} secret-in-launcher")).collect();
        assert_eq!(found, expected, "{body}");
    }
}

/// What meets in one call or one environment, and what does not.
#[test]
fn routes_of_programs() {
    for (path, body, expected) in [
        ("a.py", "Anthropic(api_key=k, base_url='http://gw.acme-corp.io')\n", &["1:32 base-url-insecure"][..]),
        ("a.py", "Anthropic(api_key=k, base_url='http://gateway.example.com')\n", &[]),
        (
            "a.py",
            "Anthropic(auth_token='@@zai-key@@', base_url='http://gw.acme-corp.io')\n",
            &["1:85 base-url-insecure"],
        ),
        ("a.py", "Anthropic(auth_token='@@zai-key@@', base_url='http://localhost:4000')\n", &[]),
        (
            "a.ts",
            "new Anthropic({ authToken: '@@zai-key@@', baseURL: 'https://api.z.ai/api/anthropic/v1' })\n",
            &["1:91 base-url-malformed"],
        ),
        ("a.ts", "createAnthropic({ authToken: '@@zai-key@@', baseURL: 'https://api.z.ai/api/anthropic/v1' })\n", &[]),
        ("a.ts", "new Anthropic({ apiKey: '@@anthropic-oauth-token@@' })\n", &["1:26 wrong-variable"]),
        (
            "a.py",
            "os.environ['ANTHROPIC_API_KEY'] = '@@zai-key@@'\nos.environ['ANTHROPIC_AUTH_TOKEN'] = '@@zai-key:2@@'\n",
            &["1:36 both-credentials"],
        ),
        (
            "a.py",
            "def a():\n    os.environ['ANTHROPIC_API_KEY'] = '@@zai-key@@'\ndef b():\n    os.environ['ANTHROPIC_AUTH_TOKEN'] = '@@zai-key:2@@'\n",
            &[],
        ),
        (
            "a.py",
            "subprocess.run(['claude'], env={'ANTHROPIC_API_KEY': k, 'ANTHROPIC_AUTH_TOKEN': t})\n",
            &["1:54 both-credentials"],
        ),
        (
            "a.py",
            "subprocess.run(['claude'], env={'ANTHROPIC_API_KEY': '', 'ANTHROPIC_AUTH_TOKEN': t, 'ANTHROPIC_BASE_URL': u})\n",
            &[],
        ),
        (
            "a.py",
            "ClaudeAgentOptions(env={'ANTHROPIC_AUTH_TOKEN': '@@zai-key@@', 'ANTHROPIC_API_KEY': k})\n",
            &["1:123 both-credentials"],
        ),
        (
            "a.py",
            "monkeypatch.setenv('ANTHROPIC_API_KEY', 'k')\nmonkeypatch.setenv('ANTHROPIC_AUTH_TOKEN', 't')\n",
            &[],
        ),
    ] {
        let mut rng = Rng::new(5);
        let found: Vec<String> = places(&lint(path, &expand(body, &mut rng)))
            .into_iter()
            .filter(|place| !place.ends_with("secret-in-launcher"))
            .collect();
        assert_eq!(found, expected, "{body}");
    }
}

/// Source code that sets nothing is a text like any other.
#[test]
fn what_sets_nothing_is_searched() {
    let mut rng = Rng::from_entropy();
    for (body, configuration, expected) in [
        ("import anthropic\nclient = anthropic.Anthropic()\n", 0, &[][..]),
        ("import anthropic\nlog('@@anthropic-api-key@@')\n", 0, &["2:6 secret-in-text"]),
        ("import anthropic\nlog('@@github-pat@@')\n", 0, &[]),
        (
            "log('@@anthropic-api-key@@')\nANTHROPIC_API_KEY = '@@base62-key@@'\n",
            1,
            &["1:6 secret-in-text", "2:22 secret-in-launcher"],
        ),
    ] {
        let report = lint("a.py", &expand(body, &mut rng));
        assert_eq!((report.coverage.configuration, report.coverage.searched), (configuration, 1 - configuration));
        assert_eq!(places(&report), expected, "{body}");
    }
}
