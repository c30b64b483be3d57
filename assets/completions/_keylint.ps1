
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'keylint' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'keylint'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'keylint' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('lint', 'lint', [CompletionResultType]::ParameterValue, 'Look for leaked credentials, wrong routes and configuration without effect')
            [CompletionResult]::new('route', 'route', [CompletionResultType]::ParameterValue, 'Say what the client would send: which credential wins, and where it goes')
            [CompletionResult]::new('baseline', 'baseline', [CompletionResultType]::ParameterValue, 'Accept what is found today, so that only what is new is reported')
            [CompletionResult]::new('allow', 'allow', [CompletionResultType]::ParameterValue, 'Accept one finding in the configuration')
            [CompletionResult]::new('hook', 'hook', [CompletionResultType]::ParameterValue, 'Look at each commit of this repository before it is made')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Print the page of a rule')
            [CompletionResult]::new('rules', 'rules', [CompletionResultType]::ParameterValue, 'List the rules')
            [CompletionResult]::new('lsp', 'lsp', [CompletionResultType]::ParameterValue, 'Serve an editor: the Language Server Protocol on standard input and output')
            [CompletionResult]::new('claude-hook', 'claude-hook', [CompletionResultType]::ParameterValue, 'Answer a hook of Claude Code: the event on standard input, the answer on standard output')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print what a shell needs to complete words of keylint''s command line')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the man page')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'keylint;lint' {
            [CompletionResult]::new('--stdin-filename', '--stdin-filename', [CompletionResultType]::ParameterName, 'Lint the text on standard input as if this file had it; it need not exist')
            [CompletionResult]::new('--range', '--range', [CompletionResultType]::ParameterName, 'What a range of commits brings: A..B from where they parted to B, or auto for what a CI build is about')
            [CompletionResult]::new('--history', '--history', [CompletionResultType]::ParameterName, 'Lint the past: every version of every configuration file that a ref leads to, or that these revisions lead to')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print findings: human, or github in a workflow of GitHub Actions')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the findings into a file as well, as in sarif=keylint.sarif; several times for several files')
            [CompletionResult]::new('--min-severity', '--min-severity', [CompletionResultType]::ParameterName, 'The least severity to print: warning, unless --fail-on note asks for more')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'The least severity for exit code 1: warning, or error with --min-severity error')
            [CompletionResult]::new('--rule', '--rule', [CompletionResultType]::ParameterName, 'Only these rules; several with commas, or the option several times')
            [CompletionResult]::new('--ignore', '--ignore', [CompletionResultType]::ParameterName, 'Not these rules')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of keylint.toml at the root of the repository')
            [CompletionResult]::new('--baseline', '--baseline', [CompletionResultType]::ParameterName, 'The baseline, instead of the one that the configuration names or keylint-baseline.txt at the root')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output')
            [CompletionResult]::new('--staged', '--staged', [CompletionResultType]::ParameterName, 'What the next commit brings, read from git''s index; without paths all of it, wherever this is run')
            [CompletionResult]::new('--pre-commit', '--pre-commit', [CompletionResultType]::ParameterName, 'What pre-commit or prek asks for: the range that it names; what the next commit brings, if all paths are staged; or the paths as they are')
            [CompletionResult]::new('--all-files', '--all-files', [CompletionResultType]::ParameterName, 'With --history, search every file in git''s object database for tokens, also those that no ref leads to')
            [CompletionResult]::new('--fix', '--fix', [CompletionResultType]::ParameterName, 'Change the files where that can only be what was meant, and print what is left')
            [CompletionResult]::new('--unsafe-fixes', '--unsafe-fixes', [CompletionResultType]::ParameterName, 'With --fix or --diff, also what changes who gets which credential, or moves one out of a shared file')
            [CompletionResult]::new('--diff', '--diff', [CompletionResultType]::ParameterName, 'Print what --fix would change, with all secrets masked, and change nothing')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Findings and errors only, no summary; JSON stays as it is')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Findings and errors only, no summary; JSON stays as it is')
            [CompletionResult]::new('--statistics', '--statistics', [CompletionResultType]::ParameterName, 'Say behind the findings how many each rule has')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Leave the repository''s own configuration out')
            [CompletionResult]::new('--no-inline', '--no-inline', [CompletionResultType]::ParameterName, 'Leave comments (`keylint: ignore[rule] reason`) out')
            [CompletionResult]::new('--no-baseline', '--no-baseline', [CompletionResultType]::ParameterName, 'Leave the baseline out')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'keylint;route' {
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'The user''s home folder: its settings and its login count')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'A variable of the process; may be given several times')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of keylint.toml at the root of the repository')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output')
            [CompletionResult]::new('--process-env', '--process-env', [CompletionResultType]::ParameterName, 'The variables of this process')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Leave the repository''s own configuration out')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'keylint;baseline' {
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The file, instead of the one that the configuration names or keylint-baseline.txt at the root')
            [CompletionResult]::new('--min-severity', '--min-severity', [CompletionResultType]::ParameterName, 'The least severity to accept')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of keylint.toml at the root of the repository')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Leave the repository''s own configuration out')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'keylint;allow' {
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why it is fine')
            [CompletionResult]::new('--expires', '--expires', [CompletionResultType]::ParameterName, 'The last day on which it counts: 2027-01-31')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keylint;hook' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'keylint;explain' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keylint;rules' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keylint;lsp' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of keylint.toml at the root of the repository')
            [CompletionResult]::new('--baseline', '--baseline', [CompletionResultType]::ParameterName, 'The baseline, instead of the one that the configuration names or keylint-baseline.txt at the root')
            [CompletionResult]::new('--stdio', '--stdio', [CompletionResultType]::ParameterName, 'What clients say that can also talk in other ways; there is no other one here')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Leave the repository''s own configuration out')
            [CompletionResult]::new('--no-inline', '--no-inline', [CompletionResultType]::ParameterName, 'Leave comments (`keylint: ignore[rule] reason`) out')
            [CompletionResult]::new('--no-baseline', '--no-baseline', [CompletionResultType]::ParameterName, 'Leave the baseline out')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keylint;claude-hook' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of keylint.toml at the root of the repository')
            [CompletionResult]::new('--baseline', '--baseline', [CompletionResultType]::ParameterName, 'The baseline, instead of the one that the configuration names or keylint-baseline.txt at the root')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Leave the repository''s own configuration out')
            [CompletionResult]::new('--no-inline', '--no-inline', [CompletionResultType]::ParameterName, 'Leave comments (`keylint: ignore[rule] reason`) out')
            [CompletionResult]::new('--no-baseline', '--no-baseline', [CompletionResultType]::ParameterName, 'Leave the baseline out')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keylint;completions' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'keylint;man' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keylint;help' {
            [CompletionResult]::new('lint', 'lint', [CompletionResultType]::ParameterValue, 'Look for leaked credentials, wrong routes and configuration without effect')
            [CompletionResult]::new('route', 'route', [CompletionResultType]::ParameterValue, 'Say what the client would send: which credential wins, and where it goes')
            [CompletionResult]::new('baseline', 'baseline', [CompletionResultType]::ParameterValue, 'Accept what is found today, so that only what is new is reported')
            [CompletionResult]::new('allow', 'allow', [CompletionResultType]::ParameterValue, 'Accept one finding in the configuration')
            [CompletionResult]::new('hook', 'hook', [CompletionResultType]::ParameterValue, 'Look at each commit of this repository before it is made')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Print the page of a rule')
            [CompletionResult]::new('rules', 'rules', [CompletionResultType]::ParameterValue, 'List the rules')
            [CompletionResult]::new('lsp', 'lsp', [CompletionResultType]::ParameterValue, 'Serve an editor: the Language Server Protocol on standard input and output')
            [CompletionResult]::new('claude-hook', 'claude-hook', [CompletionResultType]::ParameterValue, 'Answer a hook of Claude Code: the event on standard input, the answer on standard output')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print what a shell needs to complete words of keylint''s command line')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the man page')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'keylint;help;lint' {
            break
        }
        'keylint;help;route' {
            break
        }
        'keylint;help;baseline' {
            break
        }
        'keylint;help;allow' {
            break
        }
        'keylint;help;hook' {
            break
        }
        'keylint;help;explain' {
            break
        }
        'keylint;help;rules' {
            break
        }
        'keylint;help;lsp' {
            break
        }
        'keylint;help;claude-hook' {
            break
        }
        'keylint;help;completions' {
            break
        }
        'keylint;help;man' {
            break
        }
        'keylint;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
