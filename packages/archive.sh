#!/usr/bin/env bash
# Packs a built program as a release has it: `packages/archive.sh PROGRAM TARGET FOLDER` writes
# FOLDER/keylint-VERSION-TARGET.tar.gz, with the program at its top, and its checksum beside it.
set -euo pipefail
[ $# = 3 ] || { echo "usage: $0 PROGRAM TARGET FOLDER" >&2; exit 2; }
program=$1 target=$2
mkdir -p "$3"
folder=$(cd "$3" && pwd)
here=$(cd "$(dirname "$0")/.." && pwd)

version=$("$here/packages/version.sh")
name=keylint-$version-$target.tar.gz
content=$(mktemp -d)
trap 'rm -rf "$content"' EXIT
cp "$program" "$content/$(basename "$program")"
cp -R "$here"/LICENSE-* "$here/README.md" "$here/CHANGELOG.md" "$here"/assets/* "$content"
# The same content gives the same archive.
moment=$(git -C "$here" log -1 --format=%ct)
if tar --version | grep -q GNU; then
    tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$moment" -C "$content" -cf - . | gzip -n -9 >"$content.gz"
else
    tar -C "$content" -cf - . | gzip -n -9 >"$content.gz"
fi
mv "$content.gz" "$folder/$name"
chmod 644 "$folder/$name"
printf '%s  %s\n' "$("$here/packages/digest.sh" "$folder/$name")" "$name" >"$folder/$name.sha256"
echo "$folder/$name"
