//! keylint keeps the credentials of Claude Code out of git and on the right route.
//!
//! The data flows one way: [`source`] finds files, [`surface`] reads them, [`credential`] and [`route`] say what
//! stands in them and what follows, [`rules`] report, [`config`] says how much that matters here, [`report`] prints. [`lint`] is that flow, readable top to
//! bottom.

use std::io::{self, IsTerminal, Read as _, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub mod accept;
mod assets;
pub mod baseline;
pub mod ci;
pub mod claude_hook;
pub mod cli;
pub mod config;
pub mod credential;
pub mod finding;
pub mod fix;
pub mod hook;
pub mod identity;
pub mod lint;
pub mod lsp;
mod mending;
pub mod path;
pub mod progress;
pub mod publish;
pub mod replace;
pub mod report;
pub mod request;
pub mod route;
pub mod routes;
pub mod rules;
pub mod source;
pub mod suppress;
pub mod surface;
pub mod text;
mod threads;

use cli::{Cli, Color, Command};
use credential::mask::mask_text;
use lint::history::{Asked, history};
use lint::{Report, framework};
use progress::Progress;
use report::{Format, Style};
use rules::{Chosen, Rule};
use source::range::Wanted;
use source::{MAX_BYTES, SourceError};

/// Does what was asked and returns the exit code: 0 nothing at or above the threshold, 1 findings, 2 the job could
/// not be done. Errors of the job itself go to standard error.
///
/// # Errors
/// When writing the output fails.
pub fn run(cli: &Cli, out: &mut dyn Write) -> io::Result<u8> {
    match &cli.command {
        Command::Lint(arguments) => run_lint(arguments, out),
        Command::Route(arguments) => run_route(arguments, out),
        Command::Baseline(arguments) => run_baseline(arguments, out),
        Command::Allow(arguments) => run_allow(arguments, out),
        Command::Hook(arguments) => run_hook(arguments.action, out),
        Command::Explain(arguments) => explain(&arguments.rule, out),
        Command::Rules(_) => list(out),
        Command::Lsp(arguments) => run_lsp(arguments, out),
        Command::ClaudeHook(arguments) => run_claude_hook(arguments, out),
        Command::Completions(arguments) => print(assets::completions(arguments.shell), out),
        Command::Man => print(assets::MAN, out),
    }
}

fn run_lint(arguments: &cli::Lint, out: &mut dyn Write) -> io::Result<u8> {
    let cwd = match current_folder() {
        Ok(cwd) => cwd,
        Err(reason) => return fail(&reason),
    };
    if let Some(output) = named_twice(&arguments.output, &cwd) {
        let file = report::clean(&mask_text(&output.file.display().to_string()));
        return fail(&format!("--output: {file} can hold one format only"));
    }
    let typed = |slugs: &[String]| slugs.iter().map(|slug| rules::typed(slug)).collect::<Result<Vec<_>, _>>();
    let rules = match (typed(&arguments.rule), typed(&arguments.ignore)) {
        (Ok(only), Ok(without)) => Chosen { only, without },
        (Err(reason), _) | (_, Err(reason)) => return fail(&reason),
    };
    let options = lint::Options {
        config: (&arguments.configuration).into(),
        no_inline: arguments.acceptance.no_inline,
        baseline: (&arguments.acceptance).into(),
        rules,
        progress: progress(arguments.quiet),
    };
    if arguments.unsafe_fixes && !(arguments.fix || arguments.diff) {
        return fail("--unsafe-fixes says what --fix changes or --diff shows: give one of them, too");
    }
    let text = match &arguments.stdin_filename {
        None => None,
        Some(file) => match standard_input() {
            Ok(bytes) => Some((file.clone(), bytes)),
            Err(reason) => return fail(&format!("--stdin-filename: {reason}")),
        },
    };
    if arguments.fix || arguments.diff {
        let mending = mending::Mending { arguments, cwd: &cwd, options: &options, style: style(arguments) };
        return mending.run(out);
    }
    let range = match arguments.range.as_deref().map(wanted).transpose() {
        Ok(range) => range,
        Err(error) => return fail(&error.to_string()),
    };
    let asked = match arguments.revisions() {
        Some(revisions) if revisions.iter().any(|revision| revision.starts_with('-')) => {
            return fail("--history takes revisions, such as main or v1..HEAD, and no options");
        }
        Some(revisions) => Some(Asked { revisions, all_files: arguments.all_files }),
        None => None,
    };
    let work = || match (text, range, asked) {
        (Some((file, bytes)), ..) => lint::lint_text(file, bytes, &cwd, &options),
        (_, Some(range), _) => lint::lint_range(&range, &arguments.paths, &cwd, &options),
        (_, _, Some(asked)) => history(&arguments.paths, &cwd, &asked, &options),
        (None, None, None) if arguments.pre_commit => {
            let env = |name: &str| std::env::var(name).ok();
            let range = framework::range(&env, ci::remedy(&env));
            framework::lint_named(&arguments.paths, range.as_ref(), &cwd, &options)
        }
        (None, None, None) if arguments.staged => lint::lint_staged(&arguments.paths, &cwd, &options),
        (None, None, None) => lint::lint(&arguments.paths, &cwd, &options),
    };
    let report = match &options.progress {
        Some(progress) => progress.during(&mut io::stderr(), progress::DELAY, terminal_width().unwrap_or(80), work),
        None => work(),
    };
    let report = match report {
        Ok(report) => report,
        Err(error) => return fail(&error.to_string()),
    };
    print_report(arguments, &report, style(arguments), &cwd, out)
}

/// Prints a report and writes it into the files that are asked for; the exit code.
fn print_report(
    arguments: &cli::Lint,
    report: &Report,
    style: Style,
    cwd: &Path,
    out: &mut dyn Write,
) -> io::Result<u8> {
    let format = arguments.format.unwrap_or_else(usual_format);
    let printed = report::print(format, report, &style, out).and_then(|()| out.flush());
    // Where printing fails the files are wanted all the same.
    let mut code = report.exit_code(arguments.threshold());
    for output in &arguments.output {
        if let Err(reason) = write_output(output, report, style, cwd) {
            code = fail(&reason)?;
        }
    }
    printed.map(|()| code)
}

fn style(arguments: &cli::Lint) -> Style {
    Style {
        min_severity: arguments.shown(),
        color: use_color(arguments.color),
        width: terminal_width(),
        quiet: arguments.quiet,
        statistics: arguments.statistics,
    }
}

/// Writes the findings into a file, as a whole or not at all.
fn write_output(output: &cli::Output, report: &Report, style: Style, cwd: &Path) -> Result<(), String> {
    let file = cwd.join(&output.file);
    let style = Style { color: false, width: None, ..style };
    let mut text = Vec::new();
    let written = report::print(output.format, report, &style, &mut text).and_then(|()| replace::replace(&file, &text));
    let said = |path: &Path| report::clean(&mask_text(&path.display().to_string()));
    written.map_err(|error| match file.parent() {
        Some(folder) if !folder.is_dir() => format!("--output: there is no folder {}", said(folder)),
        _ => format!("--output: {}: {error}", said(&file)),
    })
}

/// The first file that several of the options name.
fn named_twice<'a>(outputs: &'a [cli::Output], cwd: &Path) -> Option<&'a cli::Output> {
    let earlier = |index: usize, file: &Path| outputs.iter().take(index).any(|other| cwd.join(&other.file) == file);
    outputs
        .iter()
        .enumerate()
        .find(|(index, output)| earlier(*index, &cwd.join(&output.file)))
        .map(|(_, output)| output)
}

/// What a workflow of GitHub Actions can use, and elsewhere what people read.
fn usual_format() -> Format {
    match std::env::var_os("GITHUB_ACTIONS") {
        Some(value) if value == "true" => Format::Github,
        _ => Format::Human,
    }
}

/// The range of commits that was typed, or that this build is about.
fn wanted(typed: &str) -> Result<Wanted, SourceError> {
    let env = |name: &str| std::env::var(name).ok();
    if typed != "auto" {
        return Wanted::typed(typed, ci::remedy(&env));
    }
    // Without its event there are variables that say less.
    let event = ci::event_file(&env).and_then(|file| std::fs::read_to_string(file).ok());
    Ok(ci::wanted(&env, event.as_deref()))
}

/// Something to show on standard error how far a run has come, if somebody is there to see it.
fn progress(quiet: bool) -> Option<Arc<Progress>> {
    let term = std::env::var_os("TERM");
    progress::is_wanted(io::stderr().is_terminal(), term.as_deref(), quiet).then(Arc::default)
}

/// The text on standard input; nobody types one.
fn standard_input() -> Result<Vec<u8>, String> {
    let input = io::stdin();
    if input.is_terminal() {
        return Err("standard input is a terminal, and has no text".to_owned());
    }
    let mut bytes = Vec::new();
    input.lock().take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| format!("standard input: {error}"))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(format!("standard input has more than the {MAX_BYTES} bytes that are read"));
    }
    Ok(bytes)
}

fn run_lsp(arguments: &cli::Lsp, out: &mut dyn Write) -> io::Result<u8> {
    lsp::serve(io::stdin(), out, wherever(&arguments.configuration, &arguments.acceptance))
}

fn run_claude_hook(arguments: &cli::ClaudeHook, out: &mut dyn Write) -> io::Result<u8> {
    let options = wherever(&arguments.configuration, &arguments.acceptance);
    match standard_input() {
        Ok(input) => claude_hook::run(&input, &options, out),
        Err(reason) => claude_hook::fail(&reason),
    }
}

/// What a run is to mind that works in other folders than the one where the program was started.
fn wherever(configuration: &cli::Configuration, acceptance: &cli::Acceptance) -> lint::Options {
    lint::Options {
        config: absolute(configuration.into()),
        no_inline: acceptance.no_inline,
        baseline: absolute(acceptance.into()),
        ..lint::Options::default()
    }
}

/// A file that is named from where the program was started, whatever folder it works in later.
fn absolute(choice: config::Choice) -> config::Choice {
    match choice {
        config::Choice::File(file) => config::Choice::File(std::path::absolute(&file).unwrap_or(file)),
        other => other,
    }
}

fn run_baseline(arguments: &cli::Baseline, out: &mut dyn Write) -> io::Result<u8> {
    let cwd = match current_folder() {
        Ok(cwd) => cwd,
        Err(reason) => return fail(&reason),
    };
    let options = lint::Options { config: (&arguments.configuration).into(), ..lint::Options::default() };
    match accept::write_baseline(
        &arguments.path,
        &cwd,
        &options,
        arguments.min_severity.into(),
        arguments.output.as_deref(),
    ) {
        Ok((path, count)) => {
            let what = if count == 1 { "finding is" } else { "findings are" };
            say(&format!("{count} {what} accepted in {}", report::clean(&path.display().to_string())), out)?;
            Ok(0)
        }
        Err(error) => fail(&error.to_string()),
    }
}

fn run_allow(arguments: &cli::Allow, out: &mut dyn Write) -> io::Result<u8> {
    let cwd = match current_folder() {
        Ok(cwd) => cwd,
        Err(reason) => return fail(&reason),
    };
    let wanted = accept::Wanted {
        rule: &arguments.rule,
        path: &arguments.path,
        key: &arguments.key,
        reason: &arguments.reason,
        expires: arguments.expires.as_deref(),
    };
    match accept::write_allow(&wanted, &cwd) {
        Ok(path) => {
            say(&format!("allowed in {}", report::clean(&path.display().to_string())), out)?;
            Ok(0)
        }
        Err(reason) => fail(&reason),
    }
}

fn run_hook(action: cli::HookAction, out: &mut dyn Write) -> io::Result<u8> {
    let done = current_folder().and_then(|cwd| match action {
        cli::HookAction::Install => hook::install(&cwd, &hook::program()?),
        cli::HookAction::Uninstall => hook::uninstall(&cwd),
    });
    match done {
        Ok(done) => {
            say(&done, out)?;
            Ok(0)
        }
        Err(reason) => fail(&reason),
    }
}

fn run_route(arguments: &cli::Route, out: &mut dyn Write) -> io::Result<u8> {
    let cwd = match current_folder() {
        Ok(cwd) => cwd,
        Err(reason) => return fail(&reason),
    };
    let mut variables: Vec<(String, String)> = Vec::new();
    if arguments.process_env {
        // A variable that is no text can't be one of the client's.
        variables.extend(
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
        );
    }
    for variable in &arguments.env {
        match variable.split_once('=') {
            Some((name, value)) if !name.is_empty() => {
                variables.retain(|(known, _)| known != name);
                variables.push((name.to_owned(), value.to_owned()));
            }
            _ => return fail("--env takes NAME=VALUE"),
        }
    }
    let options = routes::Options {
        path: arguments.path.clone(),
        home: arguments.home.clone(),
        variables,
        arguments: arguments.client.clone(),
        config: (&arguments.configuration).into(),
    };
    let sessions = match routes::sessions(&options, &cwd) {
        Ok(sessions) => sessions,
        Err(error) => return fail(&error.to_string()),
    };
    match arguments.format {
        cli::RouteFormat::Human => {
            let assumed = report::route::Assumed {
                environment: arguments.process_env || !arguments.env.is_empty(),
                home: arguments.home.is_some(),
            };
            report::route::print(&sessions, assumed, use_color(arguments.color), out)?;
        }
        cli::RouteFormat::Json => report::route::print_json(&sessions, out)?,
    }
    Ok(0)
}

fn print(text: &str, out: &mut dyn Write) -> io::Result<u8> {
    out.write_all(text.as_bytes())?;
    Ok(0)
}

fn current_folder() -> Result<PathBuf, String> {
    std::env::current_dir().map_err(|error| format!("the current folder can't be entered: {error}"))
}

/// Says what was done. A name in it could be a command for the runner of GitHub Actions.
fn say(done: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", report::disarmed(done))
}

/// Says why the job can't be done. It can't be done whether somebody reads that or not.
fn fail(message: &str) -> io::Result<u8> {
    // Whatever the format.
    let _ = writeln!(io::stderr(), "error: {}", report::disarmed(&report::clean(message)));
    Ok(2)
}

fn use_color(choice: Color) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match choice {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if set("NO_COLOR") => false,
        Color::Auto => {
            let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
            set("CLICOLOR_FORCE") || (io::stdout().is_terminal() && !dumb)
        }
    }
}

/// Shells export it for interactive use; nothing is lost without it.
fn terminal_width() -> Option<usize> {
    std::env::var("COLUMNS").ok()?.parse().ok().filter(|width| (40..=400).contains(width))
}

fn explain(slug: &str, out: &mut dyn Write) -> io::Result<u8> {
    let rule = match rules::typed(slug) {
        Ok(rule) => rule,
        Err(reason) => return fail(&reason),
    };
    write!(out, "{}", without_markers(rule.page))?;
    Ok(0)
}

fn list(out: &mut dyn Write) -> io::Result<u8> {
    let width = rules::RULES.iter().map(|rule| rule.slug.len()).max().unwrap_or(0);
    for rule in rules::RULES {
        writeln!(out, "{:width$}  {:7}  {}", rule.slug, rule.severity, rule.summary)?;
    }
    Ok(0)
}

/// A page as people read it: `@@name@@`, which tests replace by a random token, shown as `<name>`.
pub(crate) fn without_markers(page: &str) -> String {
    let mut shown = String::with_capacity(page.len());
    for (index, part) in page.split("@@").enumerate() {
        if index % 2 == 1 {
            shown.push('<');
            shown.push_str(part);
            shown.push('>');
        } else {
            shown.push_str(part);
        }
    }
    shown
}

/// The address of a rule's page, once the project has one: `repository` in Cargo.toml is the only source.
pub fn page_url(rule: &Rule) -> Option<String> {
    let repository = repository()?;
    Some(format!("{repository}/blob/v{}/rules/{}.md", env!("CARGO_PKG_VERSION"), rule.slug))
}

/// The address of the project, once it has one.
pub(crate) fn repository() -> Option<&'static str> {
    option_env!("CARGO_PKG_REPOSITORY").filter(|address| !address.is_empty())
}
