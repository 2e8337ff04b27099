# Functions of the fuzzing recipes. Source it at the root of the project.

target_dir=$(realpath -m "${CARGO_TARGET_DIR:-target}")
out=$target_dir/fuzz-long

all_targets() {
    basename -s .rs fuzz/fuzz_targets/*.rs
}

# Builds without LTO, which takes minutes for each program.
build_targets() {
    mkdir -p "$out"
    host=$(rustc +nightly -vV | sed -n 's/^host: //p')
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
        cargo +nightly fuzz build --features libfuzzer --sanitizer "${RA_FUZZ_SANITIZER:-none}" \
        --target-dir "$target_dir/fuzz"
}

program() {
    printf '%s/fuzz/%s/release/%s' "$target_dir" "$host" "$1"
}

# Prints the dictionary of a target.
dictionary() {
    case $1 in
        *_frame | *_script) echo fuzz/dictionaries/frames.dict ;;
        http_response | oauth2_error) echo fuzz/dictionaries/http.dict ;;
        oauth2_*) echo fuzz/dictionaries/oauth2.dict ;;
        *) echo fuzz/dictionaries/texts.dict ;;
    esac
}

# Prints the longest useful input. The caps on frames and bodies have tests of their own.
longest() {
    case $1 in
        pair_script) echo 512 ;;
        scan_url | user_payload | desktop_script) echo 1024 ;;
        *) echo 4096 ;;
    esac
}
