#!/usr/bin/env bash
# Builds each documented choice of features from nothing and writes the table in docs/features.md anew: crates, CPU seconds of a
# clean release build, size of a small stripped program (.ci/recipes/selections). With `--check` it writes nothing and fails
# if a number is more than a tenth above the table. Ten minutes, on a machine that is not busy with other things: busy ones
# take more CPU seconds for the same work. Names of programs choose: `selections.sh --check core oauth2`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
case ${1-} in
--check | -h | --help) exec .ci/selections "$@" ;;
*) exec .ci/selections --measure "$@" ;;
esac
