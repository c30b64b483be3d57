use super::*;
use crate::finding::Severity;

fn read(text: &str) -> Config {
    let entry = Entry { path: "keylint.toml".into(), state: State::Tracked, mode: Mode::File };
    parse(entry, text.as_bytes()).unwrap()
}

/// What stands at the place of each complaint, its key, what it says and advises.
#[track_caller]
fn check(text: &str, expected: &[(&str, &str, &str, &str)]) {
    let config = read(text);
    let found: Vec<_> = config
        .complaints
        .iter()
        .map(|one| {
            let help = one.help.as_ref().map_or("", Message::as_str);
            (&text[one.span.range()], one.key.as_str(), one.message.as_str(), help)
        })
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn what_is_understood() {
    for text in [
        "",
        "# nothing\n",
        "exclude = []\n",
        "rules = {}\n",
        "rules.all = 'off'\n",
        "rules.both-credentials = 'note'\n",
        "[variables]\n",
        "allow = []\n",
        "gateways = [{host = 'localhost:4000'}, {host = '[::1]:80'}, {host = '*.corp'}]\n",
        "exclude = ['\\#x', '!x', 'a b', '[a-z]/**/x?', '/top', 'é/']\n",
        "baseline = 'ci/keylint-baseline.txt'\n",
        "[[tokens]]\nname = 'Größe'\npattern = 'corp_[a-z]{9}'\n",
    ] {
        let config = read(text);
        let messages: Vec<_> = config.complaints.iter().map(|one| one.message.as_str()).collect();
        assert_eq!(messages, [""; 0], "{text}");
    }
}

#[test]
fn names_that_mean_nothing() {
    check(
        "Exclude = []\ntokens.x = 1\n",
        &[
            ("Exclude", "Exclude", "is no setting, and is ignored", "did you mean `exclude`?"),
            ("tokens", "tokens", "has to be a list of tables", "write it with two brackets: `[[…]]`"),
        ],
    );
    check(
        "[variables]\nsecrets = []\n",
        &[(
            "secrets",
            "variables.secrets",
            "is no setting, and is ignored",
            "here may stand `credentials`, `harmless`",
        )],
    );
    check("[rules]\nfoo = 'off'\n", &[("foo", "rules.foo", "names no rule", "`keylint rules` lists them")]);
    check(
        "[rules]\nsecret_in_mpc = 'off'\n",
        &[("secret_in_mpc", "rules.secret_in_mpc", "names no rule", "did you mean `secret-in-mcp`?")],
    );
    check(
        "[rules]\nconfiguration-invalid = 'off'\n",
        &[(
            "configuration-invalid",
            "rules.configuration-invalid",
            "is about the configuration itself, where what is wrong is always an error",
            "",
        )],
    );
    let long = "k".repeat(61);
    check(
        &format!("[variables]\n{long} = 1\n"),
        &[(&long, "variables.…", "is no setting, and is ignored", "here may stand `credentials`, `harmless`")],
    );
}

#[test]
fn values_of_a_wrong_kind() {
    check("text = 3\n", &[("3", "text", "has to be one of `ai`, `all`", "")]);
    check("text = 'al'\n", &[("'al'", "text", "has to be one of `ai`, `all`", "")]);
    check(
        "rules = 'off'\n",
        &[("'off'", "rules", "has to be a table", "name rules in it, such as `both-credentials = \"warning\"`")],
    );
    check("variables = []\n", &[("[]", "variables", "has to be a table", "")]);
    check("exclude = 'x'\n", &[("'x'", "exclude", "has to be a list", "put it into brackets: `[\"…\"]`")]);
    check("exclude = [1]\n", &[("1", "exclude[0]", "has to be a text in quotes", "")]);
    check("baseline = true\n", &[("true", "baseline", "has to be a text in quotes", "")]);
    check(
        "gateways = [{host = 'a', shared = 'true'}]\n",
        &[("'true'", "gateways[0].shared", "has to be `true` or `false`", "")],
    );
    check(
        "[rules]\nall = 'warn'\n",
        &[("'warn'", "rules.all", "has to be one of `off`, `note`, `warning`, `error`", "")],
    );
    check(
        "[rules]\nall = 'warnign'\n",
        &[("'warnign'", "rules.all", "has to be one of `off`, `note`, `warning`, `error`", "did you mean `warning`?")],
    );
}

#[test]
fn entries_that_lack_something_or_say_it_twice() {
    check(
        "paths = [{match = ['x']}]\n",
        &[(
            "{match = ['x']}",
            "paths[0]",
            "has no `rules`: without it the entry is ignored",
            "How severe the findings of a rule are there",
        )],
    );
    check(
        "gateways = [{host = 'a.b'}, {host = 'a.b', shared = true}, {host = 'a.b:1'}]\n",
        &[("{host = 'a.b', shared = true}", "gateways[1]", "is about the same as entry 1 of the list", "")],
    );
    check("exclude = ['a', 'b', 'a']\n", &[("'a'", "exclude[2]", "stands in the list before", "")]);
    let allow = |rest: &str| format!("{{rule = 'secret-in-text', path = 'a', reason = 'x'{rest}}}");
    let same = allow("");
    check(
        &format!("allow = [{}, {}, {same}, {same}]\n", allow(", key = 'a'"), allow(", tag = '00000000000000ff:00ff'")),
        &[(&same, "allow[3]", "is about the same as entry 3 of the list", "")],
    );
}

#[test]
fn allowed_findings() {
    let config = read(
        "[[allow]]\nrule = 'secret-in-text'\npath = 'docs/'\nreason = 'r'\n\n\
         [[allow]]\nrule = 'helper-static'\npath = '*.json'\nreason = 'r'\nkey = 'apiKeyHelper'\nexpires = 2027-01-31\ntag = '00000000000000ff:0f3c'\n\n\
         [[allow]]\nrule = 'helper-static'\npath = 'x'\nreason = 'r'\nexpires = '2027-02-30'\n\n\
         [[allow]]\nrule = 'helper-static'\npath = 'y'\nreason = ' '\n\n\
         [[allow]]\nrule = 'helper-static'\npath = 'z'\nreason = 'r'\ntag = 'xyz'\n\n\
         [[allow]]\nrule = 'helper-static'\npath = 'w'\nreason = 'r'\nkey = 3\n",
    );
    let [one, two] = config.allow.as_slice() else { panic!("{:?}", config.allow) };
    assert_eq!((one.rule.slug, one.key.as_deref(), one.tag, one.index), ("secret-in-text", None, None, 0));
    assert!(one.path.choose(&"docs/a/b".into()) && !one.path.choose(&"a".into()) && one.expires.is_none());
    assert_eq!(
        (two.rule.slug, two.key.as_deref(), two.tag.map(|salted| salted.tag.0), two.index),
        ("helper-static", Some("apiKeyHelper"), Some(0x0f3c), 1)
    );
    assert_eq!(two.expires.map(|day| day.value), Date::parse("2027-01-31"));
    let keys: Vec<_> = config.complaints.iter().map(|one| one.key.as_str()).collect();
    assert_eq!(keys, ["allow[2].expires", "allow[3].reason", "allow[4].tag", "allow[5].key"]);
}

/// What is wrong in one place takes nothing away elsewhere.
#[test]
fn the_rest_counts() {
    let config = read(
        "exclude = ['../x', 'vendor/', 3]\nbaseline = 'b.txt'\ntext = 'x'\n\
         [rules]\nnot-a-rule = 'off'\nboth-credentials = 'x'\nall = 'note'\n",
    );
    assert_eq!(config.complaints.len(), 5);
    assert!(config.excludes(&"vendor/a".into()) && !config.excludes(&"x".into()));
    assert_eq!(config.baseline.as_ref().map(|path| path.value.as_str()), Some("b.txt"));
    assert!(!config.lexicon.all_in_text);
    let both = crate::rules::find("both-credentials").unwrap();
    assert_eq!(config.levels.adjusted(both, &"a".into(), Severity::Error), Some(Severity::Note));
    let watched: Vec<_> = config.watched.iter().map(|one| one.key.as_str()).collect();
    assert_eq!(watched, ["exclude[1]"]);
}

#[test]
fn too_much_is_said_once() {
    let keys: String = (0..5000).map(|index| format!("k{index} = 1\n")).collect();
    let config = read(&keys);
    assert_eq!(config.complaints.len(), 100);
    assert!(config.complaints[99].message.as_str().starts_with("is not the last"));
    let many = (0..300).map(|index| format!("'{index}'")).collect::<Vec<_>>().join(",");
    let config = read(&format!("exclude = [{many}]\n"));
    assert_eq!(config.complaints.iter().map(|one| one.key.as_str()).collect::<Vec<_>>(), ["exclude[200]"]);
    assert!(config.excludes(&"199".into()) && !config.excludes(&"200".into()));
}
