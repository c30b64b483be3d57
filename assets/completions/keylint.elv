
use builtin;
use str;

set edit:completion:arg-completer[keylint] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'keylint'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'keylint'= {
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand lint 'Look for leaked credentials, wrong routes and configuration without effect'
            cand route 'Say what the client would send: which credential wins, and where it goes'
            cand baseline 'Accept what is found today, so that only what is new is reported'
            cand allow 'Accept one finding in the configuration'
            cand hook 'Look at each commit of this repository before it is made'
            cand explain 'Print the page of a rule'
            cand rules 'List the rules'
            cand lsp 'Serve an editor: the Language Server Protocol on standard input and output'
            cand claude-hook 'Answer a hook of Claude Code: the event on standard input, the answer on standard output'
            cand completions 'Print what a shell needs to complete words of keylint''s command line'
            cand man 'Print the man page'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'keylint;lint'= {
            cand --stdin-filename 'Lint the text on standard input as if this file had it; it need not exist'
            cand --range 'What a range of commits brings: A..B from where they parted to B, or auto for what a CI build is about'
            cand --history 'Lint the past: every version of every configuration file that a ref leads to, or that these revisions lead to'
            cand --format 'How to print findings: human, or github in a workflow of GitHub Actions'
            cand --output 'Write the findings into a file as well, as in sarif=keylint.sarif; several times for several files'
            cand --min-severity 'The least severity to print: warning, unless --fail-on note asks for more'
            cand --fail-on 'The least severity for exit code 1: warning, or error with --min-severity error'
            cand --rule 'Only these rules; several with commas, or the option several times'
            cand --ignore 'Not these rules'
            cand --config 'The configuration, instead of keylint.toml at the root of the repository'
            cand --baseline 'The baseline, instead of the one that the configuration names or keylint-baseline.txt at the root'
            cand --color 'When to colour the output'
            cand --staged 'What the next commit brings, read from git''s index; without paths all of it, wherever this is run'
            cand --pre-commit 'What pre-commit or prek asks for: the range that it names; what the next commit brings, if all paths are staged; or the paths as they are'
            cand --all-files 'With --history, search every file in git''s object database for tokens, also those that no ref leads to'
            cand --fix 'Change the files where that can only be what was meant, and print what is left'
            cand --unsafe-fixes 'With --fix or --diff, also what changes who gets which credential, or moves one out of a shared file'
            cand --diff 'Print what --fix would change, with all secrets masked, and change nothing'
            cand -q 'Findings and errors only, no summary; JSON stays as it is'
            cand --quiet 'Findings and errors only, no summary; JSON stays as it is'
            cand --statistics 'Say behind the findings how many each rule has'
            cand --no-config 'Leave the repository''s own configuration out'
            cand --no-inline 'Leave comments (`keylint: ignore[rule] reason`) out'
            cand --no-baseline 'Leave the baseline out'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'keylint;route'= {
            cand --home 'The user''s home folder: its settings and its login count'
            cand --env 'A variable of the process; may be given several times'
            cand --format 'How to print'
            cand --config 'The configuration, instead of keylint.toml at the root of the repository'
            cand --color 'When to colour the output'
            cand --process-env 'The variables of this process'
            cand --no-config 'Leave the repository''s own configuration out'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'keylint;baseline'= {
            cand --output 'The file, instead of the one that the configuration names or keylint-baseline.txt at the root'
            cand --min-severity 'The least severity to accept'
            cand --config 'The configuration, instead of keylint.toml at the root of the repository'
            cand --no-config 'Leave the repository''s own configuration out'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'keylint;allow'= {
            cand --reason 'Why it is fine'
            cand --expires 'The last day on which it counts: 2027-01-31'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keylint;hook'= {
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'keylint;explain'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keylint;rules'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keylint;lsp'= {
            cand --config 'The configuration, instead of keylint.toml at the root of the repository'
            cand --baseline 'The baseline, instead of the one that the configuration names or keylint-baseline.txt at the root'
            cand --stdio 'What clients say that can also talk in other ways; there is no other one here'
            cand --no-config 'Leave the repository''s own configuration out'
            cand --no-inline 'Leave comments (`keylint: ignore[rule] reason`) out'
            cand --no-baseline 'Leave the baseline out'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keylint;claude-hook'= {
            cand --config 'The configuration, instead of keylint.toml at the root of the repository'
            cand --baseline 'The baseline, instead of the one that the configuration names or keylint-baseline.txt at the root'
            cand --no-config 'Leave the repository''s own configuration out'
            cand --no-inline 'Leave comments (`keylint: ignore[rule] reason`) out'
            cand --no-baseline 'Leave the baseline out'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keylint;completions'= {
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'keylint;man'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keylint;help'= {
            cand lint 'Look for leaked credentials, wrong routes and configuration without effect'
            cand route 'Say what the client would send: which credential wins, and where it goes'
            cand baseline 'Accept what is found today, so that only what is new is reported'
            cand allow 'Accept one finding in the configuration'
            cand hook 'Look at each commit of this repository before it is made'
            cand explain 'Print the page of a rule'
            cand rules 'List the rules'
            cand lsp 'Serve an editor: the Language Server Protocol on standard input and output'
            cand claude-hook 'Answer a hook of Claude Code: the event on standard input, the answer on standard output'
            cand completions 'Print what a shell needs to complete words of keylint''s command line'
            cand man 'Print the man page'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'keylint;help;lint'= {
        }
        &'keylint;help;route'= {
        }
        &'keylint;help;baseline'= {
        }
        &'keylint;help;allow'= {
        }
        &'keylint;help;hook'= {
        }
        &'keylint;help;explain'= {
        }
        &'keylint;help;rules'= {
        }
        &'keylint;help;lsp'= {
        }
        &'keylint;help;claude-hook'= {
        }
        &'keylint;help;completions'= {
        }
        &'keylint;help;man'= {
        }
        &'keylint;help;help'= {
        }
    ]
    $completions[$command]
}
