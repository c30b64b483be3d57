# What check.sh and sdk/check_sdk.sh share. Sourced after `set -euo pipefail`.

# A check that cannot be made: said and passed over on somebody's machine, a failure where KEYLINT_REQUIRE_TOOLS or CI is set.
unavailable() {
    if [[ ${CI:-} == true || -n ${KEYLINT_REQUIRE_TOOLS:-} ]]; then
        echo "error: $1" >&2
        exit 1
    fi
    echo "skipped: $1"
    exit 0
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

if [[ $(uname -s) != Linux ]]; then
    echo "skipped: the check needs Linux, for a network of its own"
    exit 0
fi
