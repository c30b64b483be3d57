//! What the user typed. No behaviour.

use std::path::PathBuf;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

use crate::config::Choice;
use crate::finding::Severity;
use crate::report::Format;
use crate::rules::RULES;
use crate::text::nearest;

/// Keeps the credentials of Claude Code out of git and on the right route.
#[derive(Debug, Parser)]
#[command(name = "keylint", version, about, long_about = None, max_term_width = 100)]
#[command(after_help = "Exit codes: 0 nothing at or above the threshold, 1 findings, 2 the job could not be done.")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Look for leaked credentials, wrong routes and configuration without effect
    #[command(after_help = LINT_HELP)]
    Lint(Lint),
    /// Say what the client would send: which credential wins, and where it goes
    #[command(after_help = ROUTE_HELP)]
    Route(Route),
    /// Accept what is found today, so that only what is new is reported
    #[command(after_help = BASELINE_HELP)]
    Baseline(Baseline),
    /// Accept one finding in the configuration
    #[command(after_help = ALLOW_HELP)]
    Allow(Allow),
    /// Look at each commit of this repository before it is made
    #[command(after_help = HOOK_HELP)]
    Hook(Hook),
    /// Print the page of a rule
    Explain(Explain),
    /// List the rules
    Rules(Rules),
    /// Serve an editor: the Language Server Protocol on standard input and output
    Lsp(Lsp),
    /// Answer a hook of Claude Code: the event on standard input, the answer on standard output
    #[command(after_help = CLAUDE_HOOK_HELP)]
    ClaudeHook(ClaudeHook),
    /// Print what a shell needs to complete words of keylint's command line
    #[command(after_help = COMPLETIONS_HELP)]
    Completions(Completions),
    /// Print the man page
    Man,
}

const LINT_HELP: &str = "\
Examples:
  keylint lint .                             the repository around the current folder
  keylint lint --staged                      what the next commit would bring, as a hook asks
  keylint lint --range main..HEAD            what a branch would bring to main
  keylint lint --range auto                  what the pull request or push of this CI build brings
  keylint lint .claude apps/web/.env         report only what concerns these; the whole repository is still seen
  keylint lint --min-severity note           show notes, too
  keylint lint --format json > keylint.json  for programs
  keylint lint --rule secret-in-mcp          one rule
  keylint lint --stdin-filename .env < text  what an editor has not saved yet
  keylint lint --diff --unsafe-fixes         what could be mended, and how
  keylint lint --fix                         mend what can only be meant otherwise
  keylint lint --history                     every version that git has, of all branches, tags and stashes
  keylint lint --history --all-files         and every other file, commit and tag, searched for tokens
  keylint lint --history='main ^v1.0' .env   what one file was on one branch since a release

A run fails from a warning on, with --min-severity error from an error on. --fail-on counts by itself, also what is
not printed; --fail-on note prints notes, too.";

/// `keylint lint`.
#[derive(Debug, Args)]
pub struct Lint {
    /// Files and folders to report on, instead of the current folder; the repository that holds them is seen as a whole
    pub paths: Vec<PathBuf>,
    /// Lint the text on standard input as if this file had it; it need not exist
    #[arg(long, value_name = "PATH", conflicts_with = "paths", value_hint = ValueHint::FilePath)]
    pub stdin_filename: Option<PathBuf>,
    /// What the next commit brings, read from git's index; without paths all of it, wherever this is run
    #[arg(long, conflicts_with = "stdin_filename")]
    pub staged: bool,
    /// What a range of commits brings: A..B from where they parted to B, or auto for what a CI build is about
    #[arg(long, value_name = "A..B|auto", conflicts_with_all = ["stdin_filename", "staged"])]
    pub range: Option<String>,
    /// What pre-commit or prek asks for: the range that it names; what the next commit brings, if all paths are staged; or
    /// the paths as they are
    #[arg(long, conflicts_with_all = ["stdin_filename", "staged", "range", "history"])]
    pub pre_commit: bool,
    /// Lint the past: every version of every configuration file that a ref leads to, or that these revisions lead to
    #[arg(
        long,
        value_name = "REVISIONS",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        conflicts_with_all = ["stdin_filename", "staged", "range"]
    )]
    pub history: Option<String>,
    /// With --history, search every file in git's object database for tokens, also those that no ref leads to
    #[arg(long, requires = "history")]
    pub all_files: bool,
    /// Change the files where that can only be what was meant, and print what is left
    #[arg(long, conflicts_with_all = ["stdin_filename", "range", "history", "diff"])]
    pub fix: bool,
    /// With --fix or --diff, also what changes who gets which credential, or moves one out of a shared file
    #[arg(long)]
    pub unsafe_fixes: bool,
    /// Print what --fix would change, with all secrets masked, and change nothing
    #[arg(long, conflicts_with_all = ["stdin_filename", "range", "history"])]
    pub diff: bool,
    /// How to print findings: human, or github in a workflow of GitHub Actions
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Write the findings into a file as well, as in sarif=keylint.sarif; several times for several files
    #[arg(long, value_name = "FORMAT=FILE", value_parser = OutputName)]
    pub output: Vec<Output>,
    /// The least severity to print: warning, unless --fail-on note asks for more
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub min_severity: Option<MinSeverity>,
    /// The least severity for exit code 1: warning, or error with --min-severity error
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,
    /// Only these rules; several with commas, or the option several times
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = RuleName, hide_possible_values = true)]
    pub rule: Vec<String>,
    /// Not these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = RuleName, hide_possible_values = true)]
    pub ignore: Vec<String>,
    /// Findings and errors only, no summary; JSON stays as it is
    #[arg(long, short)]
    pub quiet: bool,
    /// Say behind the findings how many each rule has
    #[arg(long)]
    pub statistics: bool,
    /// Which configuration counts
    #[command(flatten)]
    pub configuration: Configuration,
    /// What may accept findings
    #[command(flatten)]
    pub acceptance: Acceptance,
    /// When to colour the output
    #[arg(long, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
}

const BASELINE_HELP: &str = "\
Examples:
  keylint baseline                        writes keylint-baseline.txt at the root of the repository
  keylint baseline --min-severity note    notes, too
  keylint lint . --no-baseline            everything, whatever was accepted

The file names rules, files and keys, and has a tag of 16 bits for each value: another value is a new finding.";

/// `keylint baseline`.
#[derive(Debug, Args)]
pub struct Baseline {
    /// A folder of the repository
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// The file, instead of the one that the configuration names or keylint-baseline.txt at the root
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The least severity to accept
    #[arg(long, value_enum, default_value_t = MinSeverity::Warning, value_name = "SEVERITY")]
    pub min_severity: MinSeverity,
    /// Which configuration counts
    #[command(flatten)]
    pub configuration: Configuration,
}

const ALLOW_HELP: &str = "\
Example:
  keylint allow secret-in-mcp .mcp.json mcpServers.demo.env.TOKEN --reason \"a public demo key\"

Rule, path and key are those of the JSON report. The entry is added to keylint.toml at the root, and counts for the
value that is there today.";

/// `keylint allow`.
#[derive(Debug, Args)]
pub struct Allow {
    /// The rule, for example secret-in-mcp
    #[arg(value_parser = RuleName, hide_possible_values = true)]
    pub rule: String,
    /// The file, relative to the root of the repository
    pub path: String,
    /// The logical place, as in the JSON report; \"\" for a finding about a file as a whole
    pub key: String,
    /// Why it is fine
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// The last day on which it counts: 2027-01-31
    #[arg(long, value_name = "DATE")]
    pub expires: Option<String>,
}

const ROUTE_HELP: &str = "\
Examples:
  keylint route                              sessions of this repository, as everyone gets them
  keylint route --home ~ --process-env       with your own settings, environment and login
  keylint route bin/claude-glm.sh            one launcher
  keylint route -- --bare --settings x.json  with words for the client

Without --env and --process-env no environment is assumed, without --home no user settings and no login.
Of a saved login only that it is there counts; its content is not read.";

/// `keylint route`.
#[derive(Debug, Args)]
pub struct Route {
    /// A folder, or one launcher, dotenv or settings file
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// The user's home folder: its settings and its login count
    #[arg(long, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// A variable of the process; may be given several times
    #[arg(long, value_name = "NAME=VALUE")]
    pub env: Vec<String>,
    /// The variables of this process
    #[arg(long)]
    pub process_env: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t = RouteFormat::Human)]
    pub format: RouteFormat,
    /// Which configuration counts
    #[command(flatten)]
    pub configuration: Configuration,
    /// When to colour the output
    #[arg(long, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    /// Words for the client
    #[arg(last = true, value_name = "CLIENT-ARGS")]
    pub client: Vec<String>,
}

/// How to print sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RouteFormat {
    /// A block a session
    Human,
    /// One JSON object
    Json,
}

/// Which configuration counts.
#[derive(Debug, Args)]
pub struct Configuration {
    /// The configuration, instead of keylint.toml at the root of the repository
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,
    /// Leave the repository's own configuration out
    #[arg(long)]
    pub no_config: bool,
}

/// What may accept findings.
#[derive(Debug, Args)]
pub struct Acceptance {
    /// Leave comments (`keylint: ignore[rule] reason`) out
    #[arg(long)]
    pub no_inline: bool,
    /// The baseline, instead of the one that the configuration names or keylint-baseline.txt at the root
    #[arg(long, value_name = "FILE", conflicts_with = "no_baseline")]
    pub baseline: Option<PathBuf>,
    /// Leave the baseline out
    #[arg(long)]
    pub no_baseline: bool,
}

impl From<&Acceptance> for Choice {
    fn from(acceptance: &Acceptance) -> Self {
        match &acceptance.baseline {
            Some(file) => Self::File(file.clone()),
            None if acceptance.no_baseline => Self::Nothing,
            None => Self::Found,
        }
    }
}

impl From<&Configuration> for Choice {
    fn from(configuration: &Configuration) -> Self {
        match &configuration.config {
            Some(file) => Self::File(file.clone()),
            None if configuration.no_config => Self::Nothing,
            None => Self::Found,
        }
    }
}

const HOOK_HELP: &str = "\
A hook that is there is kept as pre-commit.before-keylint and runs first. Where core.hooksPath leads to a folder of the
work tree or of all repositories, nothing is written: keylint says which line to add to which file.";

/// `keylint hook`.
#[derive(Debug, Args)]
pub struct Hook {
    /// What to do
    #[arg(value_enum, value_name = "ACTION")]
    pub action: HookAction,
}

/// What to do about git's hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HookAction {
    /// Write git's pre-commit hook, which runs `keylint lint --staged`
    Install,
    /// Take it away, and put back the hook that was there before
    Uninstall,
}

/// `keylint explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// The rule, for example both-credentials
    #[arg(value_parser = RuleName, hide_possible_values = true)]
    pub rule: String,
}

/// `keylint rules`.
#[derive(Debug, Args)]
pub struct Rules {}

/// `keylint lsp`.
#[derive(Debug, Args)]
pub struct Lsp {
    /// What clients say that can also talk in other ways; there is no other one here
    #[arg(long, hide = true)]
    pub stdio: bool,
    /// Which configuration counts
    #[command(flatten)]
    pub configuration: Configuration,
    /// What may accept findings
    #[command(flatten)]
    pub acceptance: Acceptance,
}

const CLAUDE_HOOK_HELP: &str = "\
In .claude/settings.json:
  \"hooks\": {
    \"PreToolUse\": [{
      \"matcher\": \"Write|Edit|MultiEdit|NotebookEdit\",
      \"hooks\": [{\"type\": \"command\", \"command\": \"keylint claude-hook\"}]
    }]
  }

PreToolUse: a write that would put a credential into a file that git has or would take is denied. PostToolUse: what else
a write brought is told. ConfigChange: what stands in changed settings is shown.
Exit codes: 0 answered, 1 the event can't be judged, and the session goes on.";

/// `keylint claude-hook`.
#[derive(Debug, Args)]
pub struct ClaudeHook {
    /// Which configuration counts
    #[command(flatten)]
    pub configuration: Configuration,
    /// What may accept findings
    #[command(flatten)]
    pub acceptance: Acceptance,
}

const COMPLETIONS_HELP: &str = "\
Examples:
  keylint completions bash > ~/.local/share/bash-completion/completions/keylint
  keylint completions zsh > ~/.zfunc/_keylint     with ~/.zfunc in fpath, before compinit
  keylint completions fish > ~/.config/fish/completions/keylint.fish
  keylint man > ~/.local/share/man/man1/keylint.1";

/// `keylint completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// A shell that completes words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// GNU Bash
    Bash,
    /// Z shell
    Zsh,
    /// fish
    Fish,
    /// PowerShell
    #[value(name = "powershell")]
    PowerShell,
    /// Elvish
    Elvish,
}

/// When to colour the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The least severity to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MinSeverity {
    /// Everything
    Note,
    /// Warnings and errors
    Warning,
    /// Errors
    Error,
}

impl From<MinSeverity> for Severity {
    fn from(severity: MinSeverity) -> Self {
        match severity {
            MinSeverity::Note => Self::Note,
            MinSeverity::Warning => Self::Warning,
            MinSeverity::Error => Self::Error,
        }
    }
}

/// The least severity that fails a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Any finding
    Note,
    /// Warnings and errors
    Warning,
    /// Errors
    Error,
    /// No finding
    Never,
}

impl Lint {
    /// The revisions of --history; none means all.
    pub fn revisions(&self) -> Option<Vec<String>> {
        let history = self.history.as_ref()?;
        Some(history.split_whitespace().map(str::to_owned).collect())
    }

    /// The least severity to print.
    pub fn shown(&self) -> Severity {
        match (self.min_severity, self.fail_on) {
            (Some(severity), _) => severity.into(),
            // What fails the run is to be seen.
            (None, Some(FailOn::Note)) => Severity::Note,
            (None, _) => Severity::Warning,
        }
    }

    /// The least severity that fails the run; `None` if no finding does.
    pub fn threshold(&self) -> Option<Severity> {
        match self.fail_on {
            // What is not to be seen must not fail the run either.
            None => Some(self.shown().max(Severity::Warning)),
            Some(FailOn::Note) => Some(Severity::Note),
            Some(FailOn::Warning) => Some(Severity::Warning),
            Some(FailOn::Error) => Some(Severity::Error),
            Some(FailOn::Never) => None,
        }
    }
}

/// A file that is to get the findings.
#[derive(Clone, Debug)]
pub struct Output {
    /// How.
    pub format: Format,
    /// Where.
    pub file: PathBuf,
}

/// `FORMAT=FILE`.
#[derive(Clone, Copy, Debug)]
struct OutputName;

impl TypedValueParser for OutputName {
    type Value = Output;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Output, clap::Error> {
        let text = StringValueParser::new().parse_ref(command, argument, value)?;
        let wrong = |what: String| clap::Error::raw(ErrorKind::ValueValidation, what).with_cmd(command);
        let Some((format, file)) = text.split_once('=').filter(|(_, file)| !matches!(*file, "" | "-")) else {
            return Err(wrong("--output takes FORMAT=FILE, such as sarif=keylint.sarif\n".to_owned()));
        };
        let format = Format::from_str(format, false).map_err(|_| {
            let values: Vec<_> = Format::value_variants().iter().filter_map(Format::to_possible_value).collect();
            let names: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
            // What was typed may be anything, and is not repeated.
            wrong(match nearest(format, names.iter().copied()) {
                Some(near) => format!("--output knows no such format: did you mean {near}?\n"),
                None => format!("--output knows no such format: it takes one of {}\n", names.join(", ")),
            })
        })?;
        Ok(Output { format, file: file.into() })
    }
}

/// A rule's slug. Shells complete the known ones; what is none is answered where rules are looked up, because clap
/// would print it as it came, and it may be a credential.
#[derive(Clone, Copy, Debug)]
struct RuleName;

impl TypedValueParser for RuleName {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(RULES.iter().map(|rule| PossibleValue::new(rule.slug).help(rule.summary))))
    }
}
