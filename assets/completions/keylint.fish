# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_keylint_global_optspecs
    string join \n h/help V/version
end

function __fish_keylint_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_keylint_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_keylint_using_subcommand
    set -l cmd (__fish_keylint_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c keylint -n "__fish_keylint_needs_command" -s h -l help -d 'Print help'
complete -c keylint -n "__fish_keylint_needs_command" -s V -l version -d 'Print version'
complete -c keylint -n "__fish_keylint_needs_command" -f -a "lint" -d 'Look for leaked credentials, wrong routes and configuration without effect'
complete -c keylint -n "__fish_keylint_needs_command" -f -a "route" -d 'Say what the client would send: which credential wins, and where it goes'
complete -c keylint -n "__fish_keylint_needs_command" -f -a "baseline" -d 'Accept what is found today, so that only what is new is reported'
complete -c keylint -n "__fish_keylint_needs_command" -f -a "allow" -d 'Accept one finding in the configuration'
complete -c keylint -n "__fish_keylint_needs_command" -f -a "hook" -d 'Look at each commit of this repository before it is made'
complete -c keylint -n "__fish_keylint_needs_command" -f -a "explain" -d 'Print the page of a rule'
complete -c keylint -n "__fish_keylint_needs_command" -f -a "rules" -d 'List the rules'
complete -c keylint -n "__fish_keylint_needs_command" -f -a "lsp" -d 'Serve an editor: the Language Server Protocol on standard input and output'
complete -c keylint -n "__fish_keylint_needs_command" -f -a "claude-hook" -d 'Answer a hook of Claude Code: the event on standard input, the answer on standard output'
complete -c keylint -n "__fish_keylint_needs_command" -f -a "completions" -d 'Print what a shell needs to complete words of keylint\'s command line'
complete -c keylint -n "__fish_keylint_needs_command" -f -a "man" -d 'Print the man page'
complete -c keylint -n "__fish_keylint_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c keylint -n "__fish_keylint_using_subcommand lint" -l stdin-filename -d 'Lint the text on standard input as if this file had it; it need not exist' -r -F
complete -c keylint -n "__fish_keylint_using_subcommand lint" -l range -d 'What a range of commits brings: A..B from where they parted to B, or auto for what a CI build is about' -r
complete -c keylint -n "__fish_keylint_using_subcommand lint" -l history -d 'Lint the past: every version of every configuration file that a ref leads to, or that these revisions lead to' -r
complete -c keylint -n "__fish_keylint_using_subcommand lint" -l format -d 'How to print findings: human, or github in a workflow of GitHub Actions' -r -f -a "human\t'With the lines of the file, credentials masked'
concise\t'One line a finding'
json\t'One JSON object, every severity'
github\t'Annotations of GitHub Actions; what a workflow gets if nothing else is asked for'
sarif\t'SARIF 2.1.0, for code scanning'
gitlab\t'GitLab\'s code quality report'
junit\t'A failed test for each finding'
checkstyle\t'Checkstyle\'s XML'
rdjson\t'Reviewdog\'s diagnostics'
markdown\t'A table, for the summary of a job'"
complete -c keylint -n "__fish_keylint_using_subcommand lint" -l output -d 'Write the findings into a file as well, as in sarif=keylint.sarif; several times for several files' -r
complete -c keylint -n "__fish_keylint_using_subcommand lint" -l min-severity -d 'The least severity to print: warning, unless --fail-on note asks for more' -r -f -a "note\t'Everything'
warning\t'Warnings and errors'
error\t'Errors'"
complete -c keylint -n "__fish_keylint_using_subcommand lint" -l fail-on -d 'The least severity for exit code 1: warning, or error with --min-severity error' -r -f -a "note\t'Any finding'
warning\t'Warnings and errors'
error\t'Errors'
never\t'No finding'"
complete -c keylint -n "__fish_keylint_using_subcommand lint" -l rule -d 'Only these rules; several with commas, or the option several times' -r -f -a "anthropic-key-to-third-party\t'an Anthropic credential with a base URL of somebody else'
bare-ignores-credential\t'--bare with a credential that it ignores'
base-url-insecure\t'plain http to another machine, with a credential'
base-url-lookalike\t'a host whose name imitates Anthropic\'s'
base-url-malformed\t'a base URL from which no usable request address results'
base-url-with-api-key\t'a custom base URL with only ANTHROPIC_API_KEY: the key goes there as x-api-key'
base-url-without-token\t'a custom base URL without a credential: the personal login goes there'
both-credentials\t'ANTHROPIC_API_KEY and ANTHROPIC_AUTH_TOKEN both set: both headers go to one host'
compromised-package\t'a package that was published to steal credentials'
configuration-invalid\t'a setting of keylint\'s own configuration that it does not understand'
credential-malformed\t'a credential with characters that no credential has'
duplicate-variable\t'one name with two values in one place, of which one is lost'
gitignore-names-variable\t'a line of a .gitignore is the name of a variable, not of a file'
helper-conflict\t'apiKeyHelper beside a static key or token: both are sent'
helper-not-runnable\t'a helper names a script of the repository that is missing or not executable'
helper-static\t'an apiKeyHelper that only echoes a fixed value or a variable'
inherited-credential\t'a launcher sets token and address, and leaves an inherited ANTHROPIC_API_KEY in place'
misspelled-variable\t'a name close to one that Claude Code reads, but not that one'
model-shadowed\t'a model that another setting outranks, or an alias where it says little'
no-effect-key\t'a key about credentials in a file where the client ignores it'
oauth-token-shadowed\t'CLAUDE_CODE_OAUTH_TOKEN beside a credential that outranks it'
oauth-token-to-third-party\t'CLAUDE_CODE_OAUTH_TOKEN, or a workload\'s identity, with a base URL of somebody else'
personal-file-not-ignored\t'no rule of the repository ignores a file that belongs to one person'
personal-file-tracked\t'a file that belongs to one person is in git'
placeholder-credential\t'a placeholder that is in effect, and goes out as the credential'
provider-conflict\t'two cloud providers are chosen: one flag wins, the other does nothing'
provider-incomplete\t'a cloud provider, or a part of one, without what it needs'
provider-shadows-credential\t'a cloud provider beside Anthropic\'s own credential: what is really sent'
secret-in-env-file\t'a literal credential in a dotenv file that git has or would take'
secret-in-history\t'a literal credential in the past of the repository, gone from every branch'
secret-in-launcher\t'a literal credential in a script or another file that starts programs'
secret-in-mcp\t'a literal credential in an MCP server\'s configuration'
secret-in-permission\t'a literal credential captured in a permission rule'
secret-in-settings\t'a literal credential in a Claude settings file that git has or would take'
secret-in-text\t'an Anthropic or AI provider\'s token in any other file'
secret-on-command-line\t'a credential is passed as an argument, where process lists show it'
secret-printed\t'a script or a pipeline step prints a credential in full'
secret-published\t'a package or an image takes along a file that belongs to one person'
secret-readable-by-others\t'a private file with a credential that other users of the machine can read'
settings-dropped\t'a settings file that the client drops whole, its deny rules included'
shared-redirect\t'shared settings that steer every teammate\'s own credential to another host'
suppression-unused\t'a setting of keylint\'s own that matches nothing'
tls-verification-off\t'certificates are not checked where a credential travels'
token-without-base-url\t'a bearer token without a base URL: a gateway\'s token goes to api.anthropic.com'
unexpanded-reference\t'a reference where nothing expands it: its text is sent as it stands'
wrong-auth-header\t'a call to Anthropic\'s API with the wrong header, with both, or with none'
wrong-variable\t'a token of one kind in the variable of another'"
complete -c keylint -n "__fish_keylint_using_subcommand lint" -l ignore -d 'Not these rules' -r -f -a "anthropic-key-to-third-party\t'an Anthropic credential with a base URL of somebody else'
bare-ignores-credential\t'--bare with a credential that it ignores'
base-url-insecure\t'plain http to another machine, with a credential'
base-url-lookalike\t'a host whose name imitates Anthropic\'s'
base-url-malformed\t'a base URL from which no usable request address results'
base-url-with-api-key\t'a custom base URL with only ANTHROPIC_API_KEY: the key goes there as x-api-key'
base-url-without-token\t'a custom base URL without a credential: the personal login goes there'
both-credentials\t'ANTHROPIC_API_KEY and ANTHROPIC_AUTH_TOKEN both set: both headers go to one host'
compromised-package\t'a package that was published to steal credentials'
configuration-invalid\t'a setting of keylint\'s own configuration that it does not understand'
credential-malformed\t'a credential with characters that no credential has'
duplicate-variable\t'one name with two values in one place, of which one is lost'
gitignore-names-variable\t'a line of a .gitignore is the name of a variable, not of a file'
helper-conflict\t'apiKeyHelper beside a static key or token: both are sent'
helper-not-runnable\t'a helper names a script of the repository that is missing or not executable'
helper-static\t'an apiKeyHelper that only echoes a fixed value or a variable'
inherited-credential\t'a launcher sets token and address, and leaves an inherited ANTHROPIC_API_KEY in place'
misspelled-variable\t'a name close to one that Claude Code reads, but not that one'
model-shadowed\t'a model that another setting outranks, or an alias where it says little'
no-effect-key\t'a key about credentials in a file where the client ignores it'
oauth-token-shadowed\t'CLAUDE_CODE_OAUTH_TOKEN beside a credential that outranks it'
oauth-token-to-third-party\t'CLAUDE_CODE_OAUTH_TOKEN, or a workload\'s identity, with a base URL of somebody else'
personal-file-not-ignored\t'no rule of the repository ignores a file that belongs to one person'
personal-file-tracked\t'a file that belongs to one person is in git'
placeholder-credential\t'a placeholder that is in effect, and goes out as the credential'
provider-conflict\t'two cloud providers are chosen: one flag wins, the other does nothing'
provider-incomplete\t'a cloud provider, or a part of one, without what it needs'
provider-shadows-credential\t'a cloud provider beside Anthropic\'s own credential: what is really sent'
secret-in-env-file\t'a literal credential in a dotenv file that git has or would take'
secret-in-history\t'a literal credential in the past of the repository, gone from every branch'
secret-in-launcher\t'a literal credential in a script or another file that starts programs'
secret-in-mcp\t'a literal credential in an MCP server\'s configuration'
secret-in-permission\t'a literal credential captured in a permission rule'
secret-in-settings\t'a literal credential in a Claude settings file that git has or would take'
secret-in-text\t'an Anthropic or AI provider\'s token in any other file'
secret-on-command-line\t'a credential is passed as an argument, where process lists show it'
secret-printed\t'a script or a pipeline step prints a credential in full'
secret-published\t'a package or an image takes along a file that belongs to one person'
secret-readable-by-others\t'a private file with a credential that other users of the machine can read'
settings-dropped\t'a settings file that the client drops whole, its deny rules included'
shared-redirect\t'shared settings that steer every teammate\'s own credential to another host'
suppression-unused\t'a setting of keylint\'s own that matches nothing'
tls-verification-off\t'certificates are not checked where a credential travels'
token-without-base-url\t'a bearer token without a base URL: a gateway\'s token goes to api.anthropic.com'
unexpanded-reference\t'a reference where nothing expands it: its text is sent as it stands'
wrong-auth-header\t'a call to Anthropic\'s API with the wrong header, with both, or with none'
wrong-variable\t'a token of one kind in the variable of another'"
complete -c keylint -n "__fish_keylint_using_subcommand lint" -l config -d 'The configuration, instead of keylint.toml at the root of the repository' -r -F
complete -c keylint -n "__fish_keylint_using_subcommand lint" -l baseline -d 'The baseline, instead of the one that the configuration names or keylint-baseline.txt at the root' -r -F
complete -c keylint -n "__fish_keylint_using_subcommand lint" -l color -d 'When to colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c keylint -n "__fish_keylint_using_subcommand lint" -l staged -d 'What the next commit brings, read from git\'s index; without paths all of it, wherever this is run'
complete -c keylint -n "__fish_keylint_using_subcommand lint" -l pre-commit -d 'What pre-commit or prek asks for: the range that it names; what the next commit brings, if all paths are staged; or the paths as they are'
complete -c keylint -n "__fish_keylint_using_subcommand lint" -l all-files -d 'With --history, search every file in git\'s object database for tokens, also those that no ref leads to'
complete -c keylint -n "__fish_keylint_using_subcommand lint" -l fix -d 'Change the files where that can only be what was meant, and print what is left'
complete -c keylint -n "__fish_keylint_using_subcommand lint" -l unsafe-fixes -d 'With --fix or --diff, also what changes who gets which credential, or moves one out of a shared file'
complete -c keylint -n "__fish_keylint_using_subcommand lint" -l diff -d 'Print what --fix would change, with all secrets masked, and change nothing'
complete -c keylint -n "__fish_keylint_using_subcommand lint" -s q -l quiet -d 'Findings and errors only, no summary; JSON stays as it is'
complete -c keylint -n "__fish_keylint_using_subcommand lint" -l statistics -d 'Say behind the findings how many each rule has'
complete -c keylint -n "__fish_keylint_using_subcommand lint" -l no-config -d 'Leave the repository\'s own configuration out'
complete -c keylint -n "__fish_keylint_using_subcommand lint" -l no-inline -d 'Leave comments (`keylint: ignore[rule] reason`) out'
complete -c keylint -n "__fish_keylint_using_subcommand lint" -l no-baseline -d 'Leave the baseline out'
complete -c keylint -n "__fish_keylint_using_subcommand lint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c keylint -n "__fish_keylint_using_subcommand route" -l home -d 'The user\'s home folder: its settings and its login count' -r -F
complete -c keylint -n "__fish_keylint_using_subcommand route" -l env -d 'A variable of the process; may be given several times' -r
complete -c keylint -n "__fish_keylint_using_subcommand route" -l format -d 'How to print' -r -f -a "human\t'A block a session'
json\t'One JSON object'"
complete -c keylint -n "__fish_keylint_using_subcommand route" -l config -d 'The configuration, instead of keylint.toml at the root of the repository' -r -F
complete -c keylint -n "__fish_keylint_using_subcommand route" -l color -d 'When to colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c keylint -n "__fish_keylint_using_subcommand route" -l process-env -d 'The variables of this process'
complete -c keylint -n "__fish_keylint_using_subcommand route" -l no-config -d 'Leave the repository\'s own configuration out'
complete -c keylint -n "__fish_keylint_using_subcommand route" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c keylint -n "__fish_keylint_using_subcommand baseline" -l output -d 'The file, instead of the one that the configuration names or keylint-baseline.txt at the root' -r -F
complete -c keylint -n "__fish_keylint_using_subcommand baseline" -l min-severity -d 'The least severity to accept' -r -f -a "note\t'Everything'
warning\t'Warnings and errors'
error\t'Errors'"
complete -c keylint -n "__fish_keylint_using_subcommand baseline" -l config -d 'The configuration, instead of keylint.toml at the root of the repository' -r -F
complete -c keylint -n "__fish_keylint_using_subcommand baseline" -l no-config -d 'Leave the repository\'s own configuration out'
complete -c keylint -n "__fish_keylint_using_subcommand baseline" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c keylint -n "__fish_keylint_using_subcommand allow" -l reason -d 'Why it is fine' -r
complete -c keylint -n "__fish_keylint_using_subcommand allow" -l expires -d 'The last day on which it counts: 2027-01-31' -r
complete -c keylint -n "__fish_keylint_using_subcommand allow" -s h -l help -d 'Print help'
complete -c keylint -n "__fish_keylint_using_subcommand hook" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c keylint -n "__fish_keylint_using_subcommand explain" -s h -l help -d 'Print help'
complete -c keylint -n "__fish_keylint_using_subcommand rules" -s h -l help -d 'Print help'
complete -c keylint -n "__fish_keylint_using_subcommand lsp" -l config -d 'The configuration, instead of keylint.toml at the root of the repository' -r -F
complete -c keylint -n "__fish_keylint_using_subcommand lsp" -l baseline -d 'The baseline, instead of the one that the configuration names or keylint-baseline.txt at the root' -r -F
complete -c keylint -n "__fish_keylint_using_subcommand lsp" -l stdio -d 'What clients say that can also talk in other ways; there is no other one here'
complete -c keylint -n "__fish_keylint_using_subcommand lsp" -l no-config -d 'Leave the repository\'s own configuration out'
complete -c keylint -n "__fish_keylint_using_subcommand lsp" -l no-inline -d 'Leave comments (`keylint: ignore[rule] reason`) out'
complete -c keylint -n "__fish_keylint_using_subcommand lsp" -l no-baseline -d 'Leave the baseline out'
complete -c keylint -n "__fish_keylint_using_subcommand lsp" -s h -l help -d 'Print help'
complete -c keylint -n "__fish_keylint_using_subcommand claude-hook" -l config -d 'The configuration, instead of keylint.toml at the root of the repository' -r -F
complete -c keylint -n "__fish_keylint_using_subcommand claude-hook" -l baseline -d 'The baseline, instead of the one that the configuration names or keylint-baseline.txt at the root' -r -F
complete -c keylint -n "__fish_keylint_using_subcommand claude-hook" -l no-config -d 'Leave the repository\'s own configuration out'
complete -c keylint -n "__fish_keylint_using_subcommand claude-hook" -l no-inline -d 'Leave comments (`keylint: ignore[rule] reason`) out'
complete -c keylint -n "__fish_keylint_using_subcommand claude-hook" -l no-baseline -d 'Leave the baseline out'
complete -c keylint -n "__fish_keylint_using_subcommand claude-hook" -s h -l help -d 'Print help'
complete -c keylint -n "__fish_keylint_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c keylint -n "__fish_keylint_using_subcommand man" -s h -l help -d 'Print help'
complete -c keylint -n "__fish_keylint_using_subcommand help; and not __fish_seen_subcommand_from lint route baseline allow hook explain rules lsp claude-hook completions man help" -f -a "lint" -d 'Look for leaked credentials, wrong routes and configuration without effect'
complete -c keylint -n "__fish_keylint_using_subcommand help; and not __fish_seen_subcommand_from lint route baseline allow hook explain rules lsp claude-hook completions man help" -f -a "route" -d 'Say what the client would send: which credential wins, and where it goes'
complete -c keylint -n "__fish_keylint_using_subcommand help; and not __fish_seen_subcommand_from lint route baseline allow hook explain rules lsp claude-hook completions man help" -f -a "baseline" -d 'Accept what is found today, so that only what is new is reported'
complete -c keylint -n "__fish_keylint_using_subcommand help; and not __fish_seen_subcommand_from lint route baseline allow hook explain rules lsp claude-hook completions man help" -f -a "allow" -d 'Accept one finding in the configuration'
complete -c keylint -n "__fish_keylint_using_subcommand help; and not __fish_seen_subcommand_from lint route baseline allow hook explain rules lsp claude-hook completions man help" -f -a "hook" -d 'Look at each commit of this repository before it is made'
complete -c keylint -n "__fish_keylint_using_subcommand help; and not __fish_seen_subcommand_from lint route baseline allow hook explain rules lsp claude-hook completions man help" -f -a "explain" -d 'Print the page of a rule'
complete -c keylint -n "__fish_keylint_using_subcommand help; and not __fish_seen_subcommand_from lint route baseline allow hook explain rules lsp claude-hook completions man help" -f -a "rules" -d 'List the rules'
complete -c keylint -n "__fish_keylint_using_subcommand help; and not __fish_seen_subcommand_from lint route baseline allow hook explain rules lsp claude-hook completions man help" -f -a "lsp" -d 'Serve an editor: the Language Server Protocol on standard input and output'
complete -c keylint -n "__fish_keylint_using_subcommand help; and not __fish_seen_subcommand_from lint route baseline allow hook explain rules lsp claude-hook completions man help" -f -a "claude-hook" -d 'Answer a hook of Claude Code: the event on standard input, the answer on standard output'
complete -c keylint -n "__fish_keylint_using_subcommand help; and not __fish_seen_subcommand_from lint route baseline allow hook explain rules lsp claude-hook completions man help" -f -a "completions" -d 'Print what a shell needs to complete words of keylint\'s command line'
complete -c keylint -n "__fish_keylint_using_subcommand help; and not __fish_seen_subcommand_from lint route baseline allow hook explain rules lsp claude-hook completions man help" -f -a "man" -d 'Print the man page'
complete -c keylint -n "__fish_keylint_using_subcommand help; and not __fish_seen_subcommand_from lint route baseline allow hook explain rules lsp claude-hook completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
