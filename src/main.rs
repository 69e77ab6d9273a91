//! The binary: hands everything to [`stocktruth::cli`].

fn main() -> std::process::ExitCode {
    stocktruth::cli::main()
}
