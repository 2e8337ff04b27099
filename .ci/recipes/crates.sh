# What the recipes that take names of crates have in common. To be sourced at the root of the project.

# The comment at the head of the recipe.
usage() {
    awk 'NR > 1 { if (!sub(/^# ?/, "")) exit; print }' ".ci/recipes/${0##*/}"
}

refuse() {
    printf '%s; see .ci/recipes/%s --help\n' "$1" "${0##*/}" >&2
    exit 2
}

# Answers a call for help, and refuses what is no crate.
only_crates() {
    local name
    for name; do
        case $name in
        -h | --help) usage && exit ;;
        esac
        [ -f "crates/$name/Cargo.toml" ] || refuse "no such crate: $name"
    done
}
