# Functions that the recipes share. Source it at the root of the project.

# Prints the comment at the head of the recipe.
usage() {
    awk 'NR > 1 { if (!sub(/^# ?/, "")) exit; print }' ".ci/recipes/${0##*/}"
}

refuse() {
    printf '%s; see .ci/recipes/%s --help\n' "$1" "${0##*/}" >&2
    exit 2
}

# Prints the help if an argument asks for it.
offer_help() {
    local argument
    for argument; do
        case $argument in
        -h | --help) usage; exit ;;
        esac
    done
}

# Prints the help, or refuses arguments that are not in a list: `only 'one two' "$@"`.
only() {
    local argument known
    offer_help "${@:2}"
    for argument in "${@:2}"; do
        for known in $1; do
            [ "$argument" != "$known" ] || continue 2
        done
        refuse "unknown argument '$argument'${1:+, known are: ${1//$'\n'/ }}"
    done
}

# The same for options with a kind of value: `only_options '--hold=whole --scale=number --gateway=text' "$@"`.
only_options() {
    local known=$1 option
    shift
    offer_help "$@"
    while [ $# -gt 0 ]; do
        for option in $known ''; do
            [ "$1" != "${option%=*}" ] || break
        done
        case ${option#*=} in
        whole) whole "$1" "${2-}" ;;
        number) [[ ${2-} =~ ^[0-9]+(\.[0-9]+)?$ ]] || refuse "$1 wants a number" ;;
        text) [ -n "${2-}" ] || refuse "$1 wants a value" ;;
        *) refuse "unknown argument '$1'" ;;
        esac
        shift 2
    done
}

# Refuses a value that is no whole number: `whole NAME VALUE`.
whole() {
    [[ $2 =~ ^[0-9]+$ ]] || refuse "$1 wants a whole number, not '$2'"
}

# Refuses a value that is no whole number above 0.
positive() {
    [[ $2 =~ ^0*[1-9][0-9]*$ ]] || refuse "$1 wants a whole number above 0, not '$2'"
}

# Prints the help, or refuses arguments that are no crate.
only_crates() {
    local name
    offer_help "$@"
    for name; do
        [ -f "crates/$name/Cargo.toml" ] || refuse "no such crate: $name"
    done
}
