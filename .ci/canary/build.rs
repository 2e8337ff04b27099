//! What the linker needs to know where there is an operating system's C runtime but no Rust one.

fn main() {
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        // the C runtime that calls `main`, and `memcpy` and its like
        println!("cargo::rustc-link-arg-bins=-lc");
        // `alloc` comes built for programs that unwind; this one does not, so neither is ever called
        println!(
            "cargo::rustc-link-arg-bins=-Wl,--defsym=rust_eh_personality=0,--defsym=_Unwind_Resume=0"
        );
    }
}
