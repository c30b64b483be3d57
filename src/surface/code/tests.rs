use super::super::listing::{check, document, launches};
use super::super::{Language, Surface, Value};
use super::*;

const PYTHON: Surface = Surface::Code(Language::Python);
const SCRIPT: Surface = Surface::Code(Language::TypeScript);
const GO: Surface = Surface::Code(Language::Go);
const JAVA: Surface = Surface::Code(Language::Java);
const RUBY: Surface = Surface::Code(Language::Ruby);
const CSHARP: Surface = Surface::Code(Language::CSharp);

#[test]
fn constructors() {
    for (path, surface, text, expected) in [
        ("a.py", PYTHON, "c = anthropic.Anthropic(\n    api_key=\"kx1\",  # mine\n)", &["Anthropic.api_key=kx1"][..]),
        ("a.py", PYTHON, "AsyncAnthropic(auth_token='kx1', timeout=3)", &["AsyncAnthropic.auth_token=kx1"]),
        ("a.py", PYTHON, "AnthropicBedrock(aws_secret_key='kx1')", &["AnthropicBedrock.aws_secret_key=kx1"]),
        ("a.py", PYTHON, "ChatAnthropic(anthropic_api_key=SecretStr('kx1'))", &["ChatAnthropic.anthropic_api_key=kx1"]),
        ("a.py", PYTHON, "Anthropic(api_key=key)\nAnthropic(api_key=os.environ['K'])\nAnthropic()", &[]),
        ("a.py", PYTHON, "OpenAI(api_key='kx1')\nmy_anthropic(api_key='kx1')\nAnthropic(model='kx1')", &[]),
        ("a.py", PYTHON, "KEY = 'kx1'\nAnthropic(api_key=KEY)", &["KEY=kx1"]),
        ("a.py", PYTHON, "KEY = 'kx1'\nKEY = 'kx2'\nAnthropic(api_key=KEY)\nOTHER_KEY = 'kx3'", &[]),
        ("a.ts", SCRIPT, "let apiKey = 'kx1'\nnew Anthropic({ apiKey, baseURL })", &["apiKey=kx1"]),
        ("a.ts", SCRIPT, "new Anthropic({ apiKey: 'kx1' })", &["Anthropic.apiKey=kx1"]),
        (
            "a.ts",
            SCRIPT,
            "new Anthropic({\n  'apiKey': `kx1` as string,\n  maxRetries: 2,\n});",
            &["Anthropic.apiKey=kx1"],
        ),
        ("a.ts", SCRIPT, "createAnthropic({ apiKey: \"kx1\" })('m')", &["createAnthropic.apiKey=kx1"]),
        ("a.ts", SCRIPT, "new Anthropic({ apiKey })\nnew OpenAI({ apiKey: 'kx1' })\nf({ apiKey: 'kx1' })", &[]),
        ("a.ts", SCRIPT, "new Anthropic({ fetch: f({ apiKey: 'kx1' }) })", &[]),
        ("a.go", GO, "anthropic.NewClient(\n\toption.WithAPIKey(\"kx1\"),\n)", &["NewClient.WithAPIKey=kx1"]),
        ("a.go", GO, "option.WithAuthToken(`kx1`)", &["option.WithAuthToken=kx1"]),
        ("a.go", GO, "option.WithAPIKey(key)\noption.WithMaxRetries(2)", &[]),
        (
            "A.java",
            JAVA,
            "AnthropicOkHttpClient.builder()\n  .apiKey(\"kx1\")\n  .authToken(\"kx2\").build();",
            &["AnthropicOkHttpClient.apiKey=kx1", "AnthropicOkHttpClient.authToken=kx2"],
        ),
        ("A.java", JAVA, "OpenAIOkHttpClient.builder().apiKey(\"kx1\").build();", &[]),
        ("a.kt", JAVA, "AnthropicOkHttpClient.builder().apiKey(\"kx1\")", &["AnthropicOkHttpClient.apiKey=kx1"]),
        ("a.kt", JAVA, "AnthropicOkHttpClient.builder().apiKey(\"$key\")", &[]),
        ("a.rb", RUBY, "Anthropic::Client.new(api_key: 'kx1')", &["Anthropic::Client.api_key=kx1"]),
        ("a.rb", RUBY, "Anthropic::Client.new(access_token: \"#{k}\")\nOther::Client.new(api_key: 'kx1')", &[]),
        ("a.cs", CSHARP, "var c = new AnthropicClient { APIKey = \"kx1\" };", &["AnthropicClient.APIKey=kx1"]),
        ("a.cs", CSHARP, "AnthropicClient c = new() { ApiKey = @\"k\"\"1\" };", &["AnthropicClient.ApiKey=k\"1"]),
        ("a.cs", CSHARP, "new AnthropicClient(\"kx1\");", &["AnthropicClient.apiKey=kx1"]),
        ("a.cs", CSHARP, "new AnthropicClient { APIKey = $\"{key}\" }; new OtherClient { APIKey = \"kx1\" };", &[]),
    ] {
        check(path, surface, text, expected);
    }
}

#[test]
fn variables() {
    const KEY: &[&str] = &["ANTHROPIC_API_KEY=kx1"];
    for (path, surface, text, expected) in [
        ("a.py", PYTHON, "os.environ[\"ANTHROPIC_API_KEY\"] = \"kx1\"", KEY),
        ("a.py", PYTHON, "os.environ.setdefault('ANTHROPIC_API_KEY', 'kx1')", KEY),
        ("a.py", PYTHON, "os.environ.update({'ANTHROPIC_API_KEY': 'kx1'})", &["env.ANTHROPIC_API_KEY=kx1"]),
        ("a.py", PYTHON, "os.environ |= {'ANTHROPIC_API_KEY': 'kx1'}", &["env.ANTHROPIC_API_KEY=kx1"]),
        ("a.py", PYTHON, "os.environ.update(ANTHROPIC_API_KEY='kx1')", &["env.ANTHROPIC_API_KEY=kx1"]),
        ("a.py", PYTHON, "os.putenv('ANTHROPIC_API_KEY', 'kx1')", KEY),
        ("a.py", PYTHON, "monkeypatch.setenv('ANTHROPIC_API_KEY', 'kx1')", KEY),
        (
            "a.py",
            PYTHON,
            "ANTHROPIC_API_KEY = 'kx1'\nanthropic_key: str = 'kx2'",
            &["ANTHROPIC_API_KEY=kx1", "anthropic_key=kx2"],
        ),
        ("a.py", PYTHON, "if ANTHROPIC_API_KEY == 'kx1': pass\nANTHROPIC_API_KEY += 'kx1'\nx = ANTHROPIC_API_KEY", &[]),
        ("a.py", PYTHON, "class AnthropicKey:\n    'kx1'\nAnthropicTokens = 'kx1'", &[]),
        ("a.py", PYTHON, "os.environ['ANTHROPIC_MODEL'] = 'kx1'", &["ANTHROPIC_MODEL=kx1"]),
        ("a.py", PYTHON, "os.environ['DB_PASSWORD'] = 'kx1'\nDB_PASSWORD = 'kx1'", &["DB_PASSWORD=kx1"]),
        ("a.ts", SCRIPT, "process.env.ANTHROPIC_API_KEY = 'kx1';", KEY),
        ("a.ts", SCRIPT, "process.env['ANTHROPIC_API_KEY'] ??= 'kx1'", KEY),
        ("a.ts", SCRIPT, "vi.stubEnv('ANTHROPIC_API_KEY', 'kx1')", KEY),
        ("a.ts", SCRIPT, "Object.assign(process.env, { ANTHROPIC_API_KEY: 'kx1' })", &["env.ANTHROPIC_API_KEY=kx1"]),
        ("a.ts", SCRIPT, "const ANTHROPIC_API_KEY: string = 'kx1'\n  , b = ANTHROPIC_API_KEY => 'kx1'", KEY),
        ("a.go", GO, "os.Setenv(\"ANTHROPIC_API_KEY\", \"kx1\")", KEY),
        (
            "a.go",
            GO,
            "const ANTHROPIC_API_KEY = `kx1`\nvar ANTHROPIC_API_KEY string = \"kx2\"",
            &["ANTHROPIC_API_KEY=kx1", "ANTHROPIC_API_KEY=kx2"],
        ),
        ("a.go", GO, "cmd.Env = append(os.Environ(), \"ANTHROPIC_API_KEY=kx1\", \"A=b\")", KEY),
        ("a.go", GO, "t := \"ANTHROPIC_API_KEY=kx1\"\nf(\"ANTHROPIC_API_KEY=kx1 claude\")", &[]),
        ("A.java", JAVA, "System.setProperty(\"ANTHROPIC_API_KEY\", \"kx1\");", KEY),
        ("A.java", JAVA, "pb.environment().put(\"ANTHROPIC_API_KEY\", \"kx1\");", KEY),
        ("a.rb", RUBY, "ENV[\"ANTHROPIC_API_KEY\"] ||= 'kx1'", KEY),
        ("a.rb", RUBY, "x = { 'ANTHROPIC_API_KEY' => 'kx1' }", KEY),
        ("a.cs", CSHARP, "Environment.SetEnvironmentVariable(\"ANTHROPIC_API_KEY\", \"kx1\");", KEY),
        (
            "n.ipynb",
            PYTHON,
            r#"{"cells": [{"cell_type": "code", "source": ["%env ANTHROPIC_API_KEY=kx1\n", "x = 1"]}]}"#,
            KEY,
        ),
        (
            "n.ipynb",
            PYTHON,
            r#"{"cells": [{"cell_type": "code", "source": "ANTHROPIC_API_KEY = \"kx1\"\n"}, {"cell_type": "markdown", "source": "ANTHROPIC_API_KEY = 'kx2'"}]}"#,
            KEY,
        ),
    ] {
        check(path, surface, text, expected);
    }
}

#[test]
fn defaults_and_headers() {
    const DEFAULT: &[&str] = &["ANTHROPIC_API_KEY=$ANTHROPIC_API_KEY:-kx1"];
    for (path, surface, text, expected) in [
        ("a.py", PYTHON, "k = os.getenv('ANTHROPIC_API_KEY', 'kx1')", DEFAULT),
        ("a.py", PYTHON, "k = os.environ.get('ANTHROPIC_API_KEY', default='kx1')", DEFAULT),
        ("a.py", PYTHON, "k = os.getenv('ANTHROPIC_API_KEY') or 'kx1'", DEFAULT),
        (
            "a.py",
            PYTHON,
            "k = os.getenv('ANTHROPIC_API_KEY')\nos.getenv('PORT', 'kx1')\nd.get('ANTHROPIC_API_KEY', 'kx1')",
            &["ANTHROPIC_API_KEY=kx1"],
        ),
        ("a.ts", SCRIPT, "const k = process.env.ANTHROPIC_API_KEY || 'kx1'", DEFAULT),
        ("a.ts", SCRIPT, "const k = process.env['ANTHROPIC_API_KEY'] ?? 'kx1';", DEFAULT),
        ("a.ts", SCRIPT, "const k = import.meta.env.ANTHROPIC_API_KEY ?? 'kx1'", DEFAULT),
        (
            "a.ts",
            SCRIPT,
            "const k = process.env.ANTHROPIC_API_KEY ?? `${x}`; process.env.ANTHROPIC_API_KEY ? 'a' : 'b'",
            &[],
        ),
        ("A.java", JAVA, "System.getenv().getOrDefault(\"ANTHROPIC_API_KEY\", \"kx1\")", DEFAULT),
        ("a.kt", JAVA, "System.getenv(\"ANTHROPIC_API_KEY\") ?: \"kx1\"", DEFAULT),
        ("a.rb", RUBY, "ENV.fetch('ANTHROPIC_API_KEY', 'kx1')", DEFAULT),
        ("a.cs", CSHARP, "Environment.GetEnvironmentVariable(\"ANTHROPIC_API_KEY\") ?? \"kx1\"", DEFAULT),
        (
            "a.py",
            PYTHON,
            "h = {'x-api-key': 'kx1', 'Authorization': 'Bearer kx2', 'a-b': 'c'}",
            &["x-api-key=kx1", "Authorization=Bearer kx2"],
        ),
        ("a.py", PYTHON, "h['x-api-key'] = 'kx1'\nh['x-api-key'] = key", &["x-api-key=kx1"]),
        ("a.ts", SCRIPT, "h.set('x-api-key', 'kx1'); const o = { Authorization: `Bearer ${k}` }", &["x-api-key=kx1"]),
        ("a.go", GO, "req.Header.Set(\"x-api-key\", \"kx1\")", &["x-api-key=kx1"]),
        ("a.rb", RUBY, "req['x-api-key'] = 'kx1'", &["x-api-key=kx1"]),
        ("A.java", JAVA, ".header(\"x-api-key\", \"kx1\")", &["x-api-key=kx1"]),
    ] {
        check(path, surface, text, expected);
    }
}

#[test]
fn strings_and_comments() {
    for (path, surface, text, expected) in [
        ("a.py", PYTHON, "ANTHROPIC_API_KEY = '''kx1'''", &["ANTHROPIC_API_KEY=kx1"][..]),
        ("a.py", PYTHON, "ANTHROPIC_API_KEY = r'k\\x1'", &["ANTHROPIC_API_KEY=k\\x1"]),
        ("a.py", PYTHON, "ANTHROPIC_API_KEY = '\\x6bx\\u0031'", &["ANTHROPIC_API_KEY=kx1"]),
        ("a.py", PYTHON, "ANTHROPIC_API_KEY = f'kx1'", &["ANTHROPIC_API_KEY=kx1"]),
        ("a.py", PYTHON, "ANTHROPIC_API_KEY = f'k{x}1'", &[]),
        (
            "a.py",
            PYTHON,
            "ANTHROPIC_API_KEY = 'k' + x\nANTHROPIC_API_KEY = 'k%s' % x\nANTHROPIC_API_KEY = 'k'.format()",
            &[],
        ),
        ("a.py", PYTHON, "f(ANTHROPIC_API_KEY='k'\n  'x')", &[]),
        ("a.py", PYTHON, "# ANTHROPIC_API_KEY = 'kx1'\nx = 'it # no comment'", &["ANTHROPIC_API_KEY=kx1 #"]),
        (
            "a.py",
            PYTHON,
            "#client = Anthropic(\n#    api_key='kx1')\n# don't say it's \"ANTHROPIC_API_KEY\"",
            &["Anthropic.api_key=kx1 #"],
        ),
        ("a.py", PYTHON, "# Anthropic(api_key=\nx = 1\n# api_key='kx1'", &[]),
        ("a.py", PYTHON, "s = '# ANTHROPIC_API_KEY'\nANTHROPIC_API_KEY = 'kx1'", &["ANTHROPIC_API_KEY=kx1"]),
        ("a.ts", SCRIPT, "/* new Anthropic({\n *   apiKey: 'kx1',\n * }) */", &["Anthropic.apiKey=kx1 #"]),
        ("a.ts", SCRIPT, "const r = /['\"]/g; const ANTHROPIC_API_KEY = 'kx1'", &["ANTHROPIC_API_KEY=kx1"]),
        (
            "a.ts",
            SCRIPT,
            "const s = `a ${f(`b ${'}'}`)} ' `; const ANTHROPIC_API_KEY = 'kx1'",
            &["ANTHROPIC_API_KEY=kx1"],
        ),
        ("a.ts", SCRIPT, "<p>Don't</p>\nconst ANTHROPIC_API_KEY = 'kx1'", &["ANTHROPIC_API_KEY=kx1"]),
        ("a.ts", SCRIPT, "const u = 'https://h' // ANTHROPIC_API_KEY: 'kx1'", &["ANTHROPIC_API_KEY=kx1 #"]),
        ("A.java", JAVA, "String ANTHROPIC_API_KEY = \"\"\"\nkx1\"\"\";", &["ANTHROPIC_API_KEY=\nkx1"]),
        ("a.cs", CSHARP, "var ANTHROPIC_API_KEY = \"\"\"kx1\"\"\";", &["ANTHROPIC_API_KEY=kx1"]),
        ("a.rb", RUBY, "ANTHROPIC_API_KEY = 'k#{x}'", &["ANTHROPIC_API_KEY=k#{x}"]),
    ] {
        check(path, surface, text, expected);
    }
}

#[test]
fn what_meets() {
    for (path, surface, text, expected) in [
        (
            "a.py",
            PYTHON,
            "Anthropic(api_key='kx1', base_url='https://h')",
            &[("Anthropic", false, &["Anthropic.api_key=kx1", "Anthropic.base_url=https://h"][..])][..],
        ),
        (
            "a.ts",
            SCRIPT,
            "new Anthropic({ apiKey: process.env.K, baseURL: 'https://h' })",
            &[("Anthropic", false, &["Anthropic.apiKey=$K", "Anthropic.baseURL=https://h"])],
        ),
        (
            "A.java",
            JAVA,
            "AnthropicOkHttpClient.builder().apiKey(\"kx1\").baseUrl(\"https://h\").build()",
            &[(
                "AnthropicOkHttpClient",
                false,
                &["AnthropicOkHttpClient.apiKey=kx1", "AnthropicOkHttpClient.baseUrl=https://h"],
            )],
        ),
        // Placeholders, what can't be seen, headers: nothing can be said.
        ("a.py", PYTHON, "Anthropic(api_key='test-key', base_url='https://h')", &[]),
        ("a.py", PYTHON, "Anthropic(api_key='kx1', base_url='https://h', **more)", &[]),
        ("a.ts", SCRIPT, "new Anthropic({ ...more, apiKey: 'kx1', baseURL: 'https://h' })", &[]),
        ("a.py", PYTHON, "Anthropic(api_key='kx1', default_headers={})", &[]),
        ("a.py", PYTHON, "Anthropic(api_key=k, base_url=u)", &[]),
        ("a.ts", SCRIPT, "createAnthropic({ apiKey: 'kx1', baseURL: 'https://h/v1' })", &[]),
        ("tests/a.py", PYTHON, "Anthropic(api_key='kx1', base_url='https://h')", &[]),
        ("a.py", PYTHON, "# Anthropic(api_key='kx1', base_url='https://h')", &[]),
        (
            "a.py",
            PYTHON,
            "os.environ['ANTHROPIC_API_KEY'] = 'kx1'\nos.environ['ANTHROPIC_BASE_URL'] = 'https://h'\nx = 1\nos.environ['ANTHROPIC_AUTH_TOKEN'] = 'kx2'",
            &[
                ("env", false, &["ANTHROPIC_API_KEY=kx1", "ANTHROPIC_BASE_URL=https://h"]),
                ("env", false, &["ANTHROPIC_AUTH_TOKEN=kx2"]),
            ],
        ),
        (
            "a.go",
            GO,
            "os.Setenv(\"ANTHROPIC_API_KEY\", \"kx1\")\nos.Setenv(\"ANTHROPIC_BASE_URL\", \"https://h\")\n",
            &[("env", false, &["ANTHROPIC_API_KEY=kx1", "ANTHROPIC_BASE_URL=https://h"])],
        ),
        ("a.py", PYTHON, "monkeypatch.setenv('ANTHROPIC_API_KEY', 'kx1')", &[]),
        ("a.py", PYTHON, "labels = {'ANTHROPIC_API_KEY': 'kx1', 'ANTHROPIC_AUTH_TOKEN': 'kx2'}", &[]),
        (
            "a.py",
            PYTHON,
            "subprocess.run(['claude', '-p', p], env={**os.environ, 'ANTHROPIC_API_KEY': k, 'A': 'b'}, cwd='x')",
            &[("run", true, &["env.ANTHROPIC_API_KEY="])],
        ),
        (
            "a.ts",
            SCRIPT,
            "spawn('claude', ['-p'], { env: { ANTHROPIC_MODEL: 'm' } })",
            &[("spawn", true, &["env.ANTHROPIC_MODEL=m"])],
        ),
        (
            "a.ts",
            SCRIPT,
            "execSync('ANTHROPIC_API_KEY=kx1 claude -p')",
            &[("execSync", true, &["execSync.ANTHROPIC_API_KEY=kx1"])],
        ),
        ("a.go", GO, "exec.Command(\"claude\", \"-p\")", &[("Command", true, &[])]),
        (
            "a.rb",
            RUBY,
            "system({ 'ANTHROPIC_API_KEY' => 'kx1' }, 'claude', '-p')",
            &[("system", true, &["env.ANTHROPIC_API_KEY=kx1"])],
        ),
        (
            "a.ts",
            SCRIPT,
            "spawn('node', ['claude.js'], { env: { ANTHROPIC_MODEL: 'm' } }); pattern.exec('claude')",
            &[],
        ),
        (
            "a.py",
            PYTHON,
            "ClaudeAgentOptions(env={'ANTHROPIC_AUTH_TOKEN': 'kx1', 'ANTHROPIC_BASE_URL': url})",
            &[("env", false, &["env.ANTHROPIC_AUTH_TOKEN=kx1", "env.ANTHROPIC_BASE_URL="])],
        ),
        (
            "a.ts",
            SCRIPT,
            "query({ prompt, options: { env: { ...process.env, ANTHROPIC_AUTH_TOKEN: 'kx1' } } })",
            &[("env", false, &["env.ANTHROPIC_AUTH_TOKEN=kx1"])],
        ),
    ] {
        launches(path, surface, text, expected);
    }
}

#[test]
fn a_computed_value_is_unknown() {
    let found = document("a.py", PYTHON, "Anthropic(api_key=f(), base_url='https://h')");
    assert!(matches!(found.assignments[0].value, Value::Unknown));
}

#[test]
fn tests_by_their_name() {
    for path in
        ["tests/a.py", "src/__tests__/x.ts", "a.test.ts", "test_a.py", "a_test.go", "src/ATest.java", "conftest.py"]
    {
        assert!(is_test(&RepoPath::from(path)), "{path}");
    }
    for path in ["src/a.py", "latest.ts", "testimony/contest.py", "attestation.go"] {
        assert!(!is_test(&RepoPath::from(path)), "{path}");
    }
}

/// Where time is not linear, nobody waits for the end.
const SIZE: usize = 2_000_000;
/// What is broken ends with its line, or is no string at all; what follows is read.
#[test]
fn hostile_text() {
    let tail = "\nANTHROPIC_API_KEY = 'kx1'\n";
    let many = |piece: &str| piece.repeat(SIZE / piece.len());
    for body in [
        "x = 'open".to_owned(),
        "x = \"\"\"open".to_owned(),
        "Anthropic(api_key=".to_owned(),
        "(".repeat(10_000),
        "({[".repeat(10_000),
        "))]}}".to_owned(),
        many("'a' "),
        many("\\'"),
        many("\"\\\""),
        many("# 'a \" "),
        many("Anthropic(api_key="),
        many("a.b['c"),
        many("env={'A_KEY':'b',"),
        many("/*"),
        many("x|"),
        many("f'{"),
    ] {
        let text = format!("{body}{tail}");
        let document = document("a.py", PYTHON, &text);
        let last = document.assignments.last().map(|assignment| assignment.decoded.text.expose());
        assert_eq!(last, Some("kx1"), "{}", &text[..20.min(text.len())]);
    }
    for body in ["`", "`${", "/", "/[", "`${`${", "<p>'", "/*'", "${`"] {
        for text in [body.to_owned(), many(body)] {
            let text = format!("{text}\n*/const ANTHROPIC_API_KEY = 'kx1'\n");
            document("a.ts", SCRIPT, &text);
        }
    }
    document("n.ipynb", PYTHON, &"[".repeat(10_000));
    document("n.ipynb", PYTHON, "{\"cells\": [{\"source\": [\"Anthropic(api_key='");
}
