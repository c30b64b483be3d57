//! Programs that only start another one: `exec`, `env`, `sudo`, `npx`, `dotenv`, `docker run`, `ssh`.

use super::Word;
use super::command::{basename, variable_name};
use super::shell::language::Language;

/// A command without the programs that only start another.
#[derive(Debug, Default)]
pub(super) struct Unwrapped {
    /// The index of the word that names the program proper.
    pub(super) program: usize,
    /// `NAME=value` words that go into its environment.
    pub(super) sets: Vec<usize>,
    /// Words that name a variable to take away, and where in the word the name begins.
    pub(super) unsets: Vec<(usize, usize)>,
    /// Dotenv files that are read into it.
    pub(super) files: Vec<EnvFile>,
    /// Words of `env` that a command computes: `env $(cat .env) claude`.
    pub(super) computed: Vec<usize>,
    /// The program gets nothing of the environment but what is given here.
    pub(super) clears: bool,
    /// `exec`: the shell ends here.
    pub(super) replaces: bool,
    /// Another program comes first, so that functions of the shell are out of reach.
    pub(super) outside: bool,
    /// `command -v`: nothing is started.
    pub(super) asks: bool,
}

impl Unwrapped {
    /// Counts the words from another place on.
    pub(super) fn shift(&mut self, by: usize) {
        self.program += by;
        let unsets = self.unsets.iter_mut().map(|(index, _)| index);
        let files = self.files.iter_mut().map(|file| &mut file.word);
        for index in self.sets.iter_mut().chain(&mut self.computed).chain(unsets).chain(files) {
            *index += by;
        }
    }
}

/// A dotenv file that a word names.
#[derive(Debug)]
pub(super) struct EnvFile {
    /// The word's index.
    pub(super) word: usize,
    /// Where in the word the path begins; at its end if the program takes `.env` without being told.
    pub(super) from: usize,
    /// Whether what the file says counts more than what is set already.
    pub(super) replaces: bool,
}

/// Looks behind `exec`, `env`, `sudo`, `timeout`, `npx` and their kin.
pub(super) fn unwrap(words: &[Word]) -> Unwrapped {
    let mut at = Unwrapped::default();
    let text = |index: usize| words.get(index).map_or("", |word: &Word| word.decoded.text.expose());
    let options = |index: usize, valued: &[&str]| options(words, index, valued);
    while at.program < words.len() {
        let next = at.program + 1;
        let program = basename(text(at.program));
        let behind = match program {
            "exec" => {
                at.replaces = true;
                options(next, &["-a"])
            }
            "command" | "builtin" => {
                at.asks |= matches!(text(next), "-v" | "-V");
                options(next, &[])
            }
            "nohup" | "setsid" | "time" | "unbuffer" | "winpty" | "noglob" | "nocorrect" | "stdbuf" | "caffeinate"
            | "nice" | "ionice" | "chronic" => options(next, &["-n", "-t", "-w", "-c", "-o", "-e", "-i"]),
            "timeout" | "gtimeout" => options(next, &["-k", "-s", "--kill-after", "--signal"]) + 1,
            "sudo" | "doas" => {
                let behind = options(next, &["-u", "-g", "-h", "-p", "-C", "-T", "-U", "--user", "--group"]);
                let keeps = |index: usize| text(index) == "-E" || text(index).starts_with("--preserve-env");
                at.clears |= !(next..behind).any(keeps);
                assignments(words, behind, &mut at.sets)
            }
            "env" => environment(words, next, &mut at),
            "cross-env" | "cross-env-shell" => assignments(words, next, &mut at.sets),
            "dotenv" | "dotenvx" | "env-cmd" => match dotenv(words, at.program, &mut at.files) {
                Some(index) => index,
                None => break,
            },
            "op" | "uv" if text(next) == "run" => {
                let options = next + 1;
                // What 1Password finds in the file counts more than the environment (its documentation, `op run`).
                let files = env_files(words, options, &["--env-file"], program == "op");
                let behind = match (options..words.len()).find(|&index| text(index) == "--") {
                    Some(index) => index + 1,
                    None if program == "uv" => {
                        self::options(words, options, &["--env-file", "--with", "--python", "-p", "--project"])
                    }
                    None => break,
                };
                at.files.extend(files.into_iter().filter(|file| file.word < behind));
                behind
            }
            "poetry" | "pipenv" | "hatch" | "rye" | "pdm" if text(next) == "run" => options(next + 1, &[]),
            "flock" => options(next, &["-w", "--timeout", "-E"]) + 1,
            "direnv" if text(next) == "exec" => next + 2,
            "mise" if matches!(text(next), "exec" | "x") => {
                match (next..words.len()).find(|&index| text(index) == "--") {
                    Some(index) => index + 1,
                    None => break,
                }
            }
            "doppler" | "infisical" | "chamber" | "aws-vault" | "teller" | "varlock" => {
                match (next..words.len()).find(|&index| text(index) == "--") {
                    Some(index) => index + 1,
                    None => break,
                }
            }
            // `cmd /c program argument`; a single word is a program of its own.
            _ if Language::of(program).is_some_and(|language| language != Language::Posix) => {
                let texts: Vec<&str> = words.iter().map(|word| word.decoded.text.expose()).collect();
                let program = Language::of(program).and_then(|language| language.program_in(&texts, next));
                match program.filter(|&program| program + 1 < words.len()) {
                    Some(index) => index,
                    None => break,
                }
            }
            "npx" | "bunx" | "pnpx" => options(next, &["-p", "--package"]),
            "pnpm" | "yarn" | "npm" | "bun" if matches!(text(next), "dlx" | "exec" | "x") => {
                options(next + 1, &["-p", "--package"])
            }
            _ => break,
        };
        if behind >= words.len() {
            break;
        }
        at.outside |= !matches!(program, "builtin" | "time");
        at.program = behind;
    }
    at
}

/// The index behind the options that begin at `index`; `valued` ones take the next word along.
fn options(words: &[Word], mut index: usize, valued: &[&str]) -> usize {
    let text = |index: usize| words.get(index).map_or("", |word| word.decoded.text.expose());
    while text(index).len() > 1 && text(index).starts_with('-') {
        index += 1;
        match text(index - 1) {
            "--" => break,
            option if valued.contains(&option) => index += 1,
            _ => {}
        }
    }
    index
}

/// The files that the words from `index` on name behind `options`, glued to them or not.
fn env_files(words: &[Word], index: usize, options: &[&str], replaces: bool) -> Vec<EnvFile> {
    let mut files = Vec::new();
    for (word, text) in words.iter().enumerate().skip(index) {
        let text = text.decoded.text.expose();
        if text == "--" {
            break;
        }
        if options.contains(&text) && word + 1 < words.len() {
            files.push(EnvFile { word: word + 1, from: 0, replaces });
        } else if let Some((option, _)) = text.split_once('=').filter(|(option, _)| options.contains(option)) {
            files.push(EnvFile { word, from: option.len() + 1, replaces });
        }
    }
    files
}

/// The programs of that name, for Node, Python and Ruby, `dotenvx` and `env-cmd`: where the program proper stands.
fn dotenv(words: &[Word], program: usize, files: &mut Vec<EnvFile>) -> Option<usize> {
    let text = |index: usize| words.get(index).map_or("", |word| word.decoded.text.expose());
    let valued = ["-e", "-f", "-v", "--file", "--env-file"];
    let mut behind = options(words, program + 1, &valued);
    let runs = text(behind) == "run";
    // direnv's own `dotenv` reads a file and starts nothing.
    let is_builtin = !runs && behind + 1 >= words.len() && (behind == words.len() || text(behind).contains(".env"));
    if is_builtin {
        return None;
    }
    if runs {
        behind = options(words, behind + 1, &valued);
    } else if matches!(text(behind), "list" | "get" | "set" | "unset" | "encrypt" | "decrypt") {
        return None;
    }
    let given = |names: &[&str]| (program..behind).any(|index| names.contains(&text(index)));
    // Python's `run` and `env-cmd` replace what is set unless told not to, the others only if told to.
    let replaces = match basename(text(program)) {
        "dotenv" if runs => !given(&["--no-override"]),
        "env-cmd" => !given(&["--no-override"]),
        _ => given(&["-o", "--override", "--overload"]),
    };
    let named = if basename(text(program)) == "dotenvx" { &valued[1..] } else { &valued[..] };
    let named: Vec<&str> = named.iter().copied().filter(|option| *option != "-v").collect();
    let mut found = env_files(words.get(..behind)?, program + 1, &named, replaces);
    if found.is_empty() {
        found.push(EnvFile { word: program, from: text(program).len(), replaces });
    }
    files.append(&mut found);
    (behind < words.len()).then_some(behind)
}

/// Reads `NAME=value` words and says where they end.
fn assignments(words: &[Word], mut index: usize, sets: &mut Vec<usize>) -> usize {
    while words.get(index).is_some_and(|word| variable_name(word.decoded.text.expose()).is_some()) {
        sets.push(index);
        index += 1;
    }
    index
}

/// The options and assignments of `env`.
fn environment(words: &[Word], mut index: usize, at: &mut Unwrapped) -> usize {
    while let Some(word) = words.get(index) {
        let text = word.decoded.text.expose();
        if let Some(name) = text.strip_prefix("--unset=") {
            at.unsets.push((index, text.len() - name.len()));
        } else if matches!(text, "-u" | "--unset") {
            index += 1;
            at.unsets.push((index, 0));
        } else if text.starts_with("-u") {
            at.unsets.push((index, 2));
        } else if matches!(text, "-" | "-i" | "--ignore-environment") {
            at.clears = true;
        } else if matches!(text, "-C" | "--chdir") {
            index += 1;
        } else if text == "--" {
            index += 1;
            break;
        } else if !text.starts_with('-') {
            break;
        }
        index += 1;
    }
    at.unsets.retain(|&(index, _)| index < words.len());
    loop {
        index = assignments(words, index, &mut at.sets);
        let computes = |word: &&Word| word.dynamic && word.decoded.text.expose().starts_with(['`', '$']);
        let text = words.get(index).filter(computes).map_or("", |word| word.decoded.text.expose());
        if !(text.starts_with("$(") || text.starts_with('`')) {
            return index;
        }
        at.computed.push(index);
        index += 1;
    }
}

/// A command that starts a program in an environment made for it: in a container, on another machine.
#[derive(Debug, Default)]
pub(super) struct Container {
    /// The index of the word that names the program in there, if one is given.
    pub(super) program: Option<usize>,
    /// Words with `NAME=value`, and where in the word the name begins.
    pub(super) sets: Vec<(usize, usize)>,
    /// Words that name a variable to hand on, likewise.
    pub(super) passes: Vec<(usize, usize)>,
    /// Dotenv files; what is given by name counts more.
    pub(super) files: Vec<EnvFile>,
}

/// Reads `docker run`, `docker compose exec`, `kubectl exec`, `ssh` and their kin; the command's own name is the
/// word at `program`.
pub(super) fn container(words: &[Word], program: usize) -> Option<Container> {
    let text = |index: usize| words.get(index).map_or("", |word: &Word| word.decoded.text.expose());
    let mut index = program + 1;
    let mut found = Container::default();
    match basename(text(program)) {
        "docker" | "podman" | "nerdctl" | "docker-compose" | "podman-compose" => {
            // `docker --context x compose --env-file .env run`: that file is none of the container's.
            let verb =
                (index..words.len().min(index + 12)).find(|&index| matches!(text(index), "run" | "exec" | "create"))?;
            index = found.options(words, verb + 1);
            // The image, the container or the service.
            index += 1;
        }
        "kubectl" | "oc" | "devcontainer" => {
            let verb = (index..words.len().min(index + 12)).find(|&index| matches!(text(index), "run" | "exec"))?;
            let marker = (verb..words.len()).find(|&index| text(index) == "--");
            index = marker.map_or_else(|| found.options(words, verb + 1), |marker| marker + 1);
            // In front of the marker, names and options mix.
            let mut next = verb + 1;
            while marker.is_some_and(|marker| next < marker) {
                next = found.options(words.get(..index - 1)?, next) + 1;
            }
        }
        "ssh" | "mosh" => {
            let valued = [
                "-p", "-i", "-l", "-o", "-F", "-J", "-L", "-R", "-D", "-b", "-c", "-E", "-e", "-I", "-m", "-O", "-S",
                "-W", "-w", "-B",
            ];
            // Options may follow the host too.
            index = options(words, options(words, index, &valued) + 1, &valued);
            let mut sets = Vec::new();
            // A single word is a whole program.
            if index + 1 < words.len() {
                index = assignments(words, index, &mut sets);
            }
            found.sets.extend(sets.into_iter().map(|index| (index, 0)));
        }
        _ => return None,
    }
    found.program = Some(index).filter(|&index| index < words.len());
    Some(found)
}

impl Container {
    /// Reads the options from `index` on, and says where they end.
    fn options(&mut self, words: &[Word], mut index: usize) -> usize {
        while let Some(word) = words.get(index) {
            let text = word.decoded.text.expose();
            if text == "--" || !text.starts_with('-') {
                return index + usize::from(text == "--");
            }
            index += 1;
            let glued = |option: &str| text.strip_prefix(option).map(|_| option.len());
            if matches!(text, "-e" | "--env" | "--remote-env") {
                self.variable(words, index, 0);
            } else if let Some(from) = glued("--env=").or(glued("--remote-env=")) {
                self.variable(words, index - 1, from);
            } else if text == "--env-file" {
                self.files.push(EnvFile { word: index, from: 0, replaces: false });
            } else if let Some(from) = glued("--env-file=") {
                self.files.push(EnvFile { word: index - 1, from, replaces: false });
            } else if text.len() > 2 && text.starts_with("-e") {
                self.variable(words, index - 1, 2);
            }
            index += usize::from(takes_value(text));
        }
        self.files.retain(|file| file.word < words.len());
        index
    }

    fn variable(&mut self, words: &[Word], index: usize, from: usize) {
        let Some(text) = words.get(index).and_then(|word| word.decoded.text.expose().get(from..)) else { return };
        if variable_name(text).is_some() {
            self.sets.push((index, from));
        } else {
            self.passes.push((index, from));
        }
    }
}

/// Whether an option of `docker run` and its kin takes the next word along: those that don't are few.
fn takes_value(option: &str) -> bool {
    let name = option.trim_start_matches('-');
    let flag = if option.starts_with("--") {
        matches!(
            name,
            "interactive"
                | "tty"
                | "detach"
                | "rm"
                | "init"
                | "privileged"
                | "read-only"
                | "quiet"
                | "publish-all"
                | "no-deps"
                | "no-TTY"
                | "service-ports"
                | "build"
                | "remove-orphans"
                | "use-aliases"
                | "oom-kill-disable"
                | "no-healthcheck"
                | "stdin"
                | "sig-proxy"
                | "replace"
                | "latest"
        ) || option.contains('=')
    } else {
        name.bytes().all(|flag| b"itdPTq".contains(&flag)) || name.starts_with('e') && name.len() > 1
    };
    !flag
}
