//! How a hook comes to be there: from a repository with a manifest, tried and configured.

use super::{Hooked, configuration, each, frameworks, manifest, nothing, one_hook, said, with_secret};
use crate::common::repo::Repo;
use crate::common::{package, run, text};

/// A repository that has keylint's manifest.
fn tool() -> (Repo, String) {
    let tool = Repo::committed(&[(".pre-commit-hooks.yaml", &manifest())]);
    let path = tool.root.to_str().unwrap().to_owned();
    (tool, path)
}

#[test]
fn tried() {
    let (_tool, path) = tool();
    for program in frameworks() {
        let hooked = Hooked { program, repo: Repo::new() };
        hooked.repo.write("a.py", with_secret());
        hooked.repo.git(&["add", "-A"]);
        // The whole manifest: every hook speaks.
        let output = hooked.framework(&["try-repo", &path, "--all-files"]);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(1), "{program}: {said}");
        assert_eq!(said.matches("a.py:1:9").count(), 3, "{program}: {said}");
        let output = hooked.framework(&["try-repo", &path, "keylint"]);
        assert_eq!(text(&output.stdout).matches("a.py:1:9").count(), 1, "{program}: {}", super::said(&output));
    }
}

#[test]
fn configured() {
    let (tool, path) = tool();
    let rev = tool.commit_of("HEAD");
    for program in frameworks() {
        let hooked = Hooked { program, repo: Repo::new() };
        let text = format!("repos:\n- repo: {path}\n  rev: {rev}\n  hooks:\n  - id: keylint\n  - id: keylint-repo\n");
        hooked.repo.write(".pre-commit-config.yaml", text);
        assert!(hooked.framework(&["validate-config"]).status.success(), "{program}");
        assert!(hooked.framework(&["install", "--install-hooks"]).status.success(), "{program}");
        hooked.repo.git(&["add", "-A"]);
        assert_eq!(hooked.commit(&[]), nothing(), "{program}");
        hooked.repo.write("a.py", with_secret());
        hooked.repo.git(&["add", "-A"]);
        assert!(hooked.commit(&[]).1, "{program}");
        assert_eq!(hooked.commits(), 1);
    }
}

/// The manifest is one, and each hook can stand in a configuration.
#[test]
fn the_manifest_is_valid() {
    each("keylint", "", &[], |hooked| {
        hooked.repo.write("manifest.yaml", manifest());
        let output = hooked.framework(&["validate-manifest", "manifest.yaml"]);
        assert!(output.status.success(), "{}: {}", hooked.program, said(&output));
        hooked.repo.write("repo.yaml", configuration("keylint-repo", ""));
        let output = hooked.framework(&["validate-config", "repo.yaml"]);
        assert!(output.status.success() && !said(&output).contains("WARN"), "{}: {}", hooked.program, said(&output));
    });
}

/// The hook that README.md shows for those who don't compile is the manifest's.
#[test]
fn the_readme_shows_the_hook() {
    let readme = std::fs::read_to_string(package().join("README.md")).unwrap();
    let shown = readme.split("- repo: local\n").nth(1).unwrap().split("```").next().unwrap();
    let hook = one_hook("keylint");
    for name in ["entry", "args", "types", "types_or", "require_serial"] {
        let line = hook.lines().find(|line| line.starts_with(&format!("  {name}:"))).unwrap();
        assert!(shown.contains(&format!("\n  {line}\n")), "{line}");
    }
}

/// A framework that is installed where `keylint hook install` was before runs both, and either can go again.
#[test]
fn beside_a_hook_of_our_own() {
    for program in frameworks() {
        let hooked = Hooked { program, repo: Repo::new() };
        let keylint = |action: &str| {
            let output = run(hooked.repo.keylint(&["hook", action]));
            assert!(output.status.success(), "{program}: {}", said(&output));
            text(&output.stdout)
        };
        let other = "  - {id: other, name: other, language: system, entry: git --version, always_run: true}\n";
        hooked.repo.write(".pre-commit-config.yaml", format!("repos:\n- repo: local\n  hooks:\n{other}"));
        hooked.repo.git(&["add", "-A"]);
        keylint("install");
        assert!(hooked.framework(&["install"]).status.success(), "{program}");
        let moved = hooked.repo.path(".git/hooks/pre-commit.legacy");
        assert!(moved.exists(), "{program}");
        assert!(keylint("install").starts_with(&format!("already installed: {}", moved.display())), "{program}");
        assert_eq!(hooked.commit(&[]), nothing(), "{program}");
        hooked.repo.write("a.py", with_secret());
        hooked.repo.git(&["add", "-A"]);
        assert!(hooked.commit(&[]).1, "{program}");
        assert_eq!(keylint("uninstall"), format!("uninstalled: {} is gone\n", moved.display()), "{program}");
        assert_eq!(hooked.commit(&[]), nothing(), "{program}");
        // The other way round: the framework's hook runs first.
        keylint("install");
        hooked.repo.write("b.py", with_secret());
        hooked.repo.git(&["add", "-A"]);
        assert!(hooked.commit(&[]).1, "{program}");
        keylint("uninstall");
        assert_eq!(hooked.commit(&[]), nothing(), "{program}");
    }
}
