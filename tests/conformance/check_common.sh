# What check.sh, sdk/check_sdk.sh, ../claude_hook/check.sh and ../fixing/check.sh share. Sourced after `set -euo pipefail` and $root.

# A check that cannot be made: said and passed over on somebody's machine, a failure where KEYLINT_REQUIRE_TOOLS or CI is set.
unavailable() {
    if [[ ${CI:-} == true || -n ${KEYLINT_REQUIRE_TOOLS:-} ]]; then
        echo "error: $1" >&2
        exit 1
    fi
    echo "skipped: $1"
    exit 0
}

# The check needs these programs.
need() {
    local tool
    for tool in "$@"; do
        command -v "$tool" >/dev/null || unavailable "$tool is not installed"
    done
}

# Run a command for so many seconds at most. In the foreground, so that Ctrl-C reaches it.
limit() {
    local status=0 start=$SECONDS
    timeout --foreground --kill-after=10 "$@" || status=$?
    # What ignores the first signal ends like what somebody else has killed.
    if [[ $status == 124 || ($status == 137 && $((SECONDS - start)) -ge $1) ]]; then
        echo "error: stopped after $1 s: ${*:2}" >&2
    elif [[ $status == 137 ]]; then
        echo "error: killed from outside after $((SECONDS - start)) s, perhaps for want of memory: ${*:2}" >&2
    fi
    return "$status"
}

# Print the program of version $version. Nothing of the package is run by npm: the program is in a package of its own
# for each kind of processor and C library, of which npm takes those that fit.
installed_client() {
    local folder=${CARGO_TARGET_DIR:-$root/target}/conformance/claude-code-$version
    if [[ ! -e $folder/installed ]]; then
        mkdir -p "$folder"
        limit 300 npm install --prefix "$folder" --silent --no-audit --no-fund --ignore-scripts \
            "@anthropic-ai/claude-code@$version" >&2 || return
        touch "$folder/installed"
    fi
    local program
    for program in "$folder"/node_modules/@anthropic-ai/claude-code-linux-*/claude; do
        if [[ -x $program && ($program != *-musl/* || -e /lib/ld-musl-$(uname -m).so.1) ]]; then
            echo "$program"
            return
        fi
    done
    return 1
}

# Set $client: KEYLINT_CLIENT, or the recorded version, which npm installs below target/.
find_client() {
    local version
    version=$(sed -n '1s/^{"client": "\([^"]*\)".*/\1/p' "$root/tests/conformance/observed.jsonl")
    client=${KEYLINT_CLIENT:-}
    if [[ -n $client ]]; then
        [[ -x $client ]] || unavailable "there is no client at $client"
    else
        need npm
        client=$(installed_client) || unavailable "npm could not install Claude Code $version"
    fi
}

# Set $run: a folder for what is observed.
in_a_folder() {
    run=$(mktemp -d)
    export TMPDIR=$run # of the clients, too: nothing stays behind when one is stopped
}

failed() {
    echo "error: $1" >&2
    echo "  the scenarios and observations are in $run" >&2
    exit 1
}

# observe FOLDER OUTPUT: the scenarios of the folder, with the client.
observe() {
    local status=0
    limit 600 python3 "$root/tests/conformance/observe.py" "$client" "$1/scenarios.jsonl" --isolated --jobs "${JOBS:-2}" \
        --timeout "${KEYLINT_CLIENT_SECONDS:-30}" >"$2" || status=$?
    case $status in
    0) ;;
    3) rm -rf "$run" && unavailable "the client cannot be observed here, see above" ;;
    *) failed "the client was not observed to the end" ;;
    esac
}

if [[ $(uname -s) != Linux ]]; then
    echo "skipped: the check needs Linux, for a network of its own"
    exit 0
fi
