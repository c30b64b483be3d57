#!/usr/bin/env bash
# Hold the plugin against the real client: its own validator and installer, and a session in which it writes files.
# Usage: check.sh       Exit: 0 all holds, or skipped with a message; else something does not.
#   KEYLINT_CLIENT=<program>   the client to run; without it npm installs the recorded version below target/
#   KEYLINT_REQUIRE_TOOLS=1 or CI=true: what is missing is a failure
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=../conformance/check_common.sh
source "$root/tests/conformance/check_common.sh"

need python3 git cargo
find_client
export KEYLINT_CLIENT=$client
PYTHONDONTWRITEBYTECODE=1 python3 -c "
import sys; sys.path.insert(0, sys.argv[1]); import network; sys.exit(network.leave_network())" \
    "$root/tests/conformance" || unavailable 'no network namespace on this machine'

home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
for manifest in "$root/editors/claude-code" "$root"; do
    HOME=$home limit 60 "$KEYLINT_CLIENT" plugin validate --strict "$manifest"
done
HOME=$home limit 60 "$KEYLINT_CLIENT" plugin marketplace add "$root"
HOME=$home limit 60 "$KEYLINT_CLIENT" plugin install keylint@keylint
limit 900 cargo test --locked --quiet --manifest-path "$root/Cargo.toml" --test claude_hook -- \
    --exact the_real_client_heeds_it --nocapture
