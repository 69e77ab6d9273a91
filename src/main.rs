//! The binary: hands everything to [`stocktruth::cli`].

fn main() {}
