_keylint() {
    local i cur prev opts cmd
    COMPREPLY=()
    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
        cur="$2"
    else
        cur="${COMP_WORDS[COMP_CWORD]}"
    fi
    prev="$3"
    cmd=""
    opts=""

    for i in "${COMP_WORDS[@]:0:COMP_CWORD}"
    do
        case "${cmd},${i}" in
            ",$1")
                cmd="keylint"
                ;;
            keylint,allow)
                cmd="keylint__subcmd__allow"
                ;;
            keylint,baseline)
                cmd="keylint__subcmd__baseline"
                ;;
            keylint,claude-hook)
                cmd="keylint__subcmd__claude__subcmd__hook"
                ;;
            keylint,completions)
                cmd="keylint__subcmd__completions"
                ;;
            keylint,explain)
                cmd="keylint__subcmd__explain"
                ;;
            keylint,help)
                cmd="keylint__subcmd__help"
                ;;
            keylint,hook)
                cmd="keylint__subcmd__hook"
                ;;
            keylint,lint)
                cmd="keylint__subcmd__lint"
                ;;
            keylint,lsp)
                cmd="keylint__subcmd__lsp"
                ;;
            keylint,man)
                cmd="keylint__subcmd__man"
                ;;
            keylint,route)
                cmd="keylint__subcmd__route"
                ;;
            keylint,rules)
                cmd="keylint__subcmd__rules"
                ;;
            keylint__subcmd__help,allow)
                cmd="keylint__subcmd__help__subcmd__allow"
                ;;
            keylint__subcmd__help,baseline)
                cmd="keylint__subcmd__help__subcmd__baseline"
                ;;
            keylint__subcmd__help,claude-hook)
                cmd="keylint__subcmd__help__subcmd__claude__subcmd__hook"
                ;;
            keylint__subcmd__help,completions)
                cmd="keylint__subcmd__help__subcmd__completions"
                ;;
            keylint__subcmd__help,explain)
                cmd="keylint__subcmd__help__subcmd__explain"
                ;;
            keylint__subcmd__help,help)
                cmd="keylint__subcmd__help__subcmd__help"
                ;;
            keylint__subcmd__help,hook)
                cmd="keylint__subcmd__help__subcmd__hook"
                ;;
            keylint__subcmd__help,lint)
                cmd="keylint__subcmd__help__subcmd__lint"
                ;;
            keylint__subcmd__help,lsp)
                cmd="keylint__subcmd__help__subcmd__lsp"
                ;;
            keylint__subcmd__help,man)
                cmd="keylint__subcmd__help__subcmd__man"
                ;;
            keylint__subcmd__help,route)
                cmd="keylint__subcmd__help__subcmd__route"
                ;;
            keylint__subcmd__help,rules)
                cmd="keylint__subcmd__help__subcmd__rules"
                ;;
            *)
                ;;
        esac
    done

    case "${cmd}" in
        keylint)
            opts="-h -V --help --version lint route baseline allow hook explain rules lsp claude-hook completions man help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 1 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        keylint__subcmd__allow)
            opts="-h --reason --expires --help anthropic-key-to-third-party bare-ignores-credential base-url-insecure base-url-lookalike base-url-malformed base-url-with-api-key base-url-without-token both-credentials compromised-package configuration-invalid credential-malformed duplicate-variable gitignore-names-variable helper-conflict helper-not-runnable helper-static inherited-credential misspelled-variable model-shadowed no-effect-key oauth-token-shadowed oauth-token-to-third-party personal-file-not-ignored personal-file-tracked placeholder-credential provider-conflict provider-incomplete provider-shadows-credential secret-in-env-file secret-in-history secret-in-launcher secret-in-mcp secret-in-permission secret-in-settings secret-in-text secret-on-command-line secret-printed secret-published secret-readable-by-others settings-dropped shared-redirect suppression-unused tls-verification-off token-without-base-url unexpanded-reference wrong-auth-header wrong-variable"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --reason)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --expires)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        keylint__subcmd__baseline)
            opts="-h --output --min-severity --config --no-config --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --output)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --min-severity)
                    COMPREPLY=($(compgen -W "note warning error" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        keylint__subcmd__claude__subcmd__hook)
            opts="-h --config --no-config --no-inline --baseline --no-baseline --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --baseline)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        keylint__subcmd__completions)
            opts="-h --help bash zsh fish powershell elvish"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        keylint__subcmd__explain)
            opts="-h --help anthropic-key-to-third-party bare-ignores-credential base-url-insecure base-url-lookalike base-url-malformed base-url-with-api-key base-url-without-token both-credentials compromised-package configuration-invalid credential-malformed duplicate-variable gitignore-names-variable helper-conflict helper-not-runnable helper-static inherited-credential misspelled-variable model-shadowed no-effect-key oauth-token-shadowed oauth-token-to-third-party personal-file-not-ignored personal-file-tracked placeholder-credential provider-conflict provider-incomplete provider-shadows-credential secret-in-env-file secret-in-history secret-in-launcher secret-in-mcp secret-in-permission secret-in-settings secret-in-text secret-on-command-line secret-printed secret-published secret-readable-by-others settings-dropped shared-redirect suppression-unused tls-verification-off token-without-base-url unexpanded-reference wrong-auth-header wrong-variable"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        keylint__subcmd__help)
            opts="lint route baseline allow hook explain rules lsp claude-hook completions man help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        keylint__subcmd__help__subcmd__allow)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        keylint__subcmd__help__subcmd__baseline)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        keylint__subcmd__help__subcmd__claude__subcmd__hook)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        keylint__subcmd__help__subcmd__completions)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        keylint__subcmd__help__subcmd__explain)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        keylint__subcmd__help__subcmd__help)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        keylint__subcmd__help__subcmd__hook)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        keylint__subcmd__help__subcmd__lint)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        keylint__subcmd__help__subcmd__lsp)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        keylint__subcmd__help__subcmd__man)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        keylint__subcmd__help__subcmd__route)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        keylint__subcmd__help__subcmd__rules)
            opts=""
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 3 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        keylint__subcmd__hook)
            opts="-h --help install uninstall"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        keylint__subcmd__lint)
            opts="-q -h --stdin-filename --staged --range --pre-commit --history --all-files --fix --unsafe-fixes --diff --format --output --min-severity --fail-on --rule --ignore --quiet --statistics --config --no-config --no-inline --baseline --no-baseline --color --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --stdin-filename)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --range)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --history)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --format)
                    COMPREPLY=($(compgen -W "human concise json github sarif gitlab junit checkstyle rdjson markdown" -- "${cur}"))
                    return 0
                    ;;
                --output)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --min-severity)
                    COMPREPLY=($(compgen -W "note warning error" -- "${cur}"))
                    return 0
                    ;;
                --fail-on)
                    COMPREPLY=($(compgen -W "note warning error never" -- "${cur}"))
                    return 0
                    ;;
                --rule)
                    COMPREPLY=($(compgen -W "anthropic-key-to-third-party bare-ignores-credential base-url-insecure base-url-lookalike base-url-malformed base-url-with-api-key base-url-without-token both-credentials compromised-package configuration-invalid credential-malformed duplicate-variable gitignore-names-variable helper-conflict helper-not-runnable helper-static inherited-credential misspelled-variable model-shadowed no-effect-key oauth-token-shadowed oauth-token-to-third-party personal-file-not-ignored personal-file-tracked placeholder-credential provider-conflict provider-incomplete provider-shadows-credential secret-in-env-file secret-in-history secret-in-launcher secret-in-mcp secret-in-permission secret-in-settings secret-in-text secret-on-command-line secret-printed secret-published secret-readable-by-others settings-dropped shared-redirect suppression-unused tls-verification-off token-without-base-url unexpanded-reference wrong-auth-header wrong-variable" -- "${cur}"))
                    return 0
                    ;;
                --ignore)
                    COMPREPLY=($(compgen -W "anthropic-key-to-third-party bare-ignores-credential base-url-insecure base-url-lookalike base-url-malformed base-url-with-api-key base-url-without-token both-credentials compromised-package configuration-invalid credential-malformed duplicate-variable gitignore-names-variable helper-conflict helper-not-runnable helper-static inherited-credential misspelled-variable model-shadowed no-effect-key oauth-token-shadowed oauth-token-to-third-party personal-file-not-ignored personal-file-tracked placeholder-credential provider-conflict provider-incomplete provider-shadows-credential secret-in-env-file secret-in-history secret-in-launcher secret-in-mcp secret-in-permission secret-in-settings secret-in-text secret-on-command-line secret-printed secret-published secret-readable-by-others settings-dropped shared-redirect suppression-unused tls-verification-off token-without-base-url unexpanded-reference wrong-auth-header wrong-variable" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --baseline)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        keylint__subcmd__lsp)
            opts="-h --stdio --config --no-config --no-inline --baseline --no-baseline --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --baseline)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        keylint__subcmd__man)
            opts="-h --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        keylint__subcmd__route)
            opts="-h --home --env --process-env --format --config --no-config --color --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --home)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --env)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --format)
                    COMPREPLY=($(compgen -W "human json" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        keylint__subcmd__rules)
            opts="-h --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
    esac
}

if [[ "${BASH_VERSINFO[0]}" -eq 4 && "${BASH_VERSINFO[1]}" -ge 4 || "${BASH_VERSINFO[0]}" -gt 4 ]]; then
    complete -F _keylint -o nosort -o bashdefault -o default keylint
else
    complete -F _keylint -o bashdefault -o default keylint
fi
