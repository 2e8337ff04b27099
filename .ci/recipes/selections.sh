#!/usr/bin/env bash
# Builds each documented choice of features from nothing and writes the table in README.md anew: crates, CPU seconds of a
# clean release build, size of a small stripped program (.ci/recipes/selections). Takes ten minutes, on a machine that is
# not busy with other things.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec .ci/selections --measure "$@"
