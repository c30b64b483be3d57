#!/usr/bin/env bash
# Prints the notes of a release: `packages/notes.sh FILE…`. All of it comes from the commit and from the files, so that anybody
# gets the same. RUSTUP_TOOLCHAIN says which compiler built them (the workflow sets it).
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)

version=$("$here/packages/version.sh")
changes=$(awk -v heading="## $version" '/^## / { on = index($0 " ", heading " ") == 1; next } on' "$here/CHANGELOG.md")
[ -n "$changes" ] || { echo "error: CHANGELOG.md says nothing below \`## $version\`" >&2; exit 1; }
cat <<END
$(sed -e '/./,$!d' <<<"$changes")

### Made from

- commit $(git -C "$here" rev-parse HEAD)
- Rust ${RUSTUP_TOOLCHAIN:-$(rustc --version | cut -d ' ' -f 2)}
- \`Cargo.lock\` $("$here/packages/digest.sh" "$here/Cargo.lock")

\`packages/reproduce.sh\` builds the program of this commit again. \`gh attestation verify FILE\` says which workflow made a file.

### SHA-256

| file | digest |
|---|---|
END
for file in "$@"; do
    printf '| %s | %s |\n' "$(basename "$file")" "$("$here/packages/digest.sh" "$file")"
done | LC_ALL=C sort
