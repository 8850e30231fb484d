#!/usr/bin/env bash
# Checks for what a build needs and installs what is missing where that is safe to do (Debian family).
# Says nothing and changes nothing when everything is there; safe to run any number of times.
set -euo pipefail

say() { printf 'setup: %s\n' "$*" >&2; }
has() { command -v "$1" >/dev/null 2>&1; }

# bindgen loads libclang at build time: where RocksDB's bindings are made it must be found as a library.
has_libclang() {
    [ -n "${LIBCLANG_PATH:-}" ] && return 0
    if has ldconfig && ldconfig -p 2>/dev/null | grep -q 'libclang[-.0-9]*\.so'; then return 0; fi
    if has llvm-config && compgen -G "$(llvm-config --libdir)/libclang.*" >/dev/null; then return 0; fi
    local folder
    for folder in /usr/lib/llvm*/lib /usr/lib64 /usr/lib64/llvm*/lib /usr/lib/*-linux-gnu /usr/local/lib \
        /opt/homebrew/opt/llvm/lib /usr/local/opt/llvm/lib /Library/Developer/CommandLineTools/usr/lib; do
        compgen -G "$folder/libclang.so*" >/dev/null && return 0
        compgen -G "$folder/libclang-[0-9]*.so*" >/dev/null && return 0
        [ -e "$folder/libclang.dylib" ] && return 0
    done
    return 1
}

has_compiler() { has c++ || has g++ || has clang++; }

find_cargo() {
    has cargo && return 0
    [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ]
}

if ! find_cargo; then
    say "cargo is missing. Install Rust with rustup: https://rustup.rs"
    say "(Debian 13 and later: apt-get install rustup). rust-toolchain.toml then picks the version."
    exit 1
fi

missing=()
has_compiler || missing+=("a C++ compiler")
has make || missing+=(make)
has_libclang || missing+=(libclang)
[ "${#missing[@]}" -eq 0 ] && exit 0

list=$(printf '%s, ' "${missing[@]}")
say "missing: ${list%, }"
if has apt-get; then
    root=()
    if [ "$(id -u)" -ne 0 ]; then
        has sudo || { say "as root: apt-get install -y build-essential libclang-dev"; exit 1; }
        root=(sudo)
    fi
    say "installing build-essential and libclang-dev"
    "${root[@]}" apt-get update -qq >&2
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq build-essential libclang-dev >&2
    has_compiler && has make && has_libclang && exit 0
    say "build-essential and libclang-dev were installed, but libclang is still not found; set LIBCLANG_PATH"
    exit 1
elif has dnf; then
    say "install them with: sudo dnf install -y gcc-c++ make clang-devel"
elif has pacman; then
    say "install them with: sudo pacman -S --needed base-devel clang"
elif has zypper; then
    say "install them with: sudo zypper install -y gcc-c++ make clang-devel"
elif has brew; then
    say "install them with: brew install llvm  (and xcode-select --install for the compiler and make)"
    say "then: export LIBCLANG_PATH=\"\$(brew --prefix llvm)/lib\""
else
    say "install a C++ compiler, GNU make and libclang with your system's package manager, then try again"
fi
exit 1
