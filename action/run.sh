#!/usr/bin/env bash
# What the action does (action.yml): check, test, compare. Everything it is told stands in variables, so that it runs anywhere:
#
#     PROGRAM=target/debug/whichpod FILES=k8s/ TESTS=routing-tests.yaml action/run.sh
set -euo pipefail

files=${FILES:-.} tests=${TESTS:-} sarif=${SARIF:-whichpod.sarif} base=${BASE:-} fail_on=${FAIL_ON:-error}
output=${GITHUB_OUTPUT:-/dev/null} summary=${GITHUB_STEP_SUMMARY:-/dev/null}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"; git worktree prune' EXIT

# 1. The program: one that is there, or the release's archive for this machine, held against its sum.
program=${PROGRAM:-}
if [ -z "$program" ]; then
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) target=x86_64-unknown-linux-musl ;;
    Linux-aarch64) target=aarch64-unknown-linux-musl ;;
    Darwin-arm64) target=aarch64-apple-darwin ;;
    Darwin-x86_64) target=x86_64-apple-darwin ;;
    *) echo "whichpod: no release for $(uname -s) on $(uname -m)" >&2; exit 2 ;;
  esac
  archive="whichpod-${VERSION#v}-$target"
  gh release download "v${VERSION#v}" --repo "$REPOSITORY" --dir "$scratch" --pattern "$archive.tar.gz*"
  (cd "$scratch" && shasum -a 256 -c "$archive.tar.gz.sha256" && tar -xzf "$archive.tar.gz")
  program="$scratch/$archive/whichpod"
fi
program=$(realpath "$(command -v "$program")")
"$program" --version

# One a line, empty lines left out.
file_options=()
while IFS= read -r line; do [ -z "$line" ] || file_options+=(-f "$line"); done <<< "$files"
test_files=()
while IFS= read -r line; do [ -z "$line" ] || test_files+=("$line"); done <<< "$tests"
failed=0

# 2. Findings: for people here, for code scanning in the file.
"$program" check "${file_options[@]}" || { status=$?; [ "$status" -eq 1 ] || exit "$status"; failed=1; }
"$program" check "${file_options[@]}" -o sarif > "$sarif" || [ $? -eq 1 ]
echo "sarif=$sarif" >> "$output"

# 3. Routing tests.
if [ ${#test_files[@]} -gt 0 ]; then
  "$program" test "${test_files[@]}" || { status=$?; [ "$status" -eq 1 ] || exit "$status"; failed=1; }
fi

# 4. Where requests land otherwise than at the base: into the job's summary, and into the pull request.
changed=false
if [ -n "$base" ]; then
  git worktree add --quiet --detach "$scratch/base" "$base"
  for path in "${file_options[@]}"; do
    [ "$path" != -f ] && [ -e "$scratch/base/$path" ] || continue
    "$program" diff "$scratch/base/$path" "$path" -o md > "$scratch/part.md"
    "$program" diff --exit-code "$scratch/base/$path" "$path" -o json > /dev/null || { [ $? -eq 1 ] && changed=true; }
    { echo "### whichpod: \`$path\` against \`$base\`"; echo; cat "$scratch/part.md"; echo; } >> "$scratch/comment.md"
  done
  git worktree remove --force "$scratch/base"
  if [ -s "$scratch/comment.md" ]; then
    cat "$scratch/comment.md"
    cat "$scratch/comment.md" >> "$summary"
    # The one comment is written anew each time.
    if [ "${COMMENT:-false}" = true ] && [ -n "${PULL_REQUEST:-}" ]; then
      gh pr comment "$PULL_REQUEST" --body-file "$scratch/comment.md" --edit-last --create-if-none
    fi
  fi
fi
echo "changed=$changed" >> "$output"

[ "$failed" -eq 0 ] || [ "$fail_on" = nothing ]
