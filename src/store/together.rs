//! Memory asked for together answers in about the time of one place ([ADR 10](../../docs/adr/0010-memory-answers-side-by-side.md)).

/// Has what `looks` read brought from memory before it is worked with. No look may depend on what another has found.
pub fn bring(looks: impl Iterator<Item = u64>) {
    // Nothing comes of them but that they were made.
    std::hint::black_box(looks.fold(0, |sum, look| sum ^ look));
}
